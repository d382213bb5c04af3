# Elvish completion of sso-oidc.

use str

set edit:completion:arg-completer[sso-oidc] = {|@words|
    var lines = []
    try {
        set lines = [(e:sso-oidc completion elvish -- (all $words[1..]) | from-lines)]
    } catch { }
    for line $lines {
        var value help = (str:split &max=2 "\t" $line)
        var space = (if (str:has-suffix $value /) { put '' } else { put ' ' })
        var display = (if (eq $help '') { put $value } else { put $value' ('$help')' })
        edit:complex-candidate &code-suffix=$space &display=$display $value
    }
}
