//! Tells addresses from paths.

/// Whether kustomize would fetch what `entry` names, if there is nothing at that path.
pub(super) fn is_remote(entry: &str) -> bool {
    const PREFIXES: [&str; 6] = ["git::", "gh:", "github.com/", "github.com:", "git@", "ssh:"];
    let lower = entry.to_ascii_lowercase();
    lower.contains("://")
        || PREFIXES.iter().any(|prefix| lower.starts_with(prefix))
        || lower.contains("?ref=")
        || lower.contains("_git/")
        || lower.contains(".git/")
        || lower.strip_suffix(".git").is_some()
        || is_host(lower.split('/').next().unwrap_or_default()) && lower.contains("//")
}

/// Whether the first part of a path looks like a host.
fn is_host(part: &str) -> bool {
    let has_dot = part.trim_start_matches('.').contains('.');
    has_dot && part.split(':').next().is_some_and(|host| !host.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::is_remote;

    #[test]
    fn addresses_are_not_paths() {
        for address in [
            "https://example.org/a.yaml",
            "github.com/org/repo//deploy?ref=v1",
            "git@github.com:org/repo.git",
            "ssh://git@host/repo",
            "git::https://example.org/repo",
            "gitlab.example.org/org/repo//deploy",
        ] {
            assert!(is_remote(address), "{address}");
        }
        for path in ["../base", "a.yaml", "./a/b", "../../a.b//c", "github.company/x"] {
            assert!(!is_remote(path), "{path}");
        }
    }
}
