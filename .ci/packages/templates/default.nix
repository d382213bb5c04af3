# nix-env --install --file default.nix, or in a configuration: import ./default.nix { inherit pkgs; }
{
  pkgs ? import <nixpkgs> { },
}:

let
  archives = {
    x86_64-linux = {
      url = "@URL:linux-x86_64@";
      sha256 = "@SHA256:linux-x86_64@";
    };
    aarch64-linux = {
      url = "@URL:linux-aarch64@";
      sha256 = "@SHA256:linux-aarch64@";
    };
    x86_64-darwin = {
      url = "@URL:macos-x86_64@";
      sha256 = "@SHA256:macos-x86_64@";
    };
    aarch64-darwin = {
      url = "@URL:macos-aarch64@";
      sha256 = "@SHA256:macos-aarch64@";
    };
  };
in
pkgs.stdenvNoCC.mkDerivation {
  pname = "sso-oidc";
  version = "@VERSION@";
  src = pkgs.fetchurl archives.${pkgs.stdenvNoCC.hostPlatform.system};
  dontBuild = true;
  installPhase = ''
    PREFIX=$out sh ./install
  '';
  meta = {
    description = "Sign in to AWS IAM Identity Center, without the AWS CLI";
    homepage = "@REPOSITORY@";
    license = with pkgs.lib.licenses; [ mit asl20 ];
    mainProgram = "sso-oidc";
    platforms = builtins.attrNames archives;
  };
}
