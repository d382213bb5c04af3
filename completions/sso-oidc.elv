# Elvish completion of sso-oidc.

use str

set edit:completion:arg-completer[sso-oidc] = {|@words|
    # After --, complete the command line of another program.
    var at = 1
    while (and (< $at (- (count $words) 1)) (not-eq $words[$at] --)) {
        set at = (+ $at 1)
    }
    var lines = []
    if (< $at (- (count $words) 1)) {
        edit:complete-sudo (all $words[$at..])
    } else {
        try {
            set lines = [(e:sso-oidc completion elvish -- (all $words[1..]) | from-lines)]
        } catch { }
    }
    for line $lines {
        var value help = (str:split &max=2 "\t" $line)
        var space = (if (str:has-suffix $value /) { put '' } else { put ' ' })
        var display = (if (eq $help '') { put $value } else { put $value' ('$help')' })
        edit:complex-candidate &code-suffix=$space &display=$display $value
    }
}
