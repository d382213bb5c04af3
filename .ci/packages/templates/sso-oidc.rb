# Formula for a Homebrew tap.
class SsoOidc < Formula
  desc "Sign in to AWS IAM Identity Center, without the AWS CLI"
  homepage "@REPOSITORY@"
  version "@VERSION@"
  license any_of: ["MIT", "Apache-2.0"]

  on_macos do
    on_arm do
      url "@URL:macos-aarch64@"
      sha256 "@SHA256:macos-aarch64@"
    end
    on_intel do
      url "@URL:macos-x86_64@"
      sha256 "@SHA256:macos-x86_64@"
    end
  end
  on_linux do
    on_arm do
      url "@URL:linux-aarch64@"
      sha256 "@SHA256:linux-aarch64@"
    end
    on_intel do
      url "@URL:linux-x86_64@"
      sha256 "@SHA256:linux-x86_64@"
    end
  end

  def install
    bin.install "sso-oidc"
    man1.install Dir["man/*.1"]
    man5.install Dir["man/*.5"]
    man7.install Dir["man/*.7"]
    bash_completion.install "completions/sso-oidc.bash" => "sso-oidc"
    zsh_completion.install "completions/_sso-oidc"
    fish_completion.install "completions/sso-oidc.fish"
  end

  test do
    assert_equal "sso-oidc #{version}\n", shell_output("#{bin}/sso-oidc --version")
  end
end
