//! Placeholders that a later step of the deployment fills in.

/// Whether `text` holds a token that some tool replaces after this one has run: `${VAR}` of Flux'
/// `postBuild` and `<path:...>` of the Argo CD Vault plugin anywhere, that plugin's `<name>` alone.
pub(crate) fn is_in(text: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_.| ".contains(c);
    let alone = text.trim().strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    alone.is_some_and(|name| !name.is_empty() && name.chars().all(is_name))
        || has_token(text, "${", '}', |c| c.is_ascii_alphanumeric() || "_:-=/. ".contains(c))
        || has_token(text, "<path:", '>', |c| !c.is_whitespace())
}

fn has_token(text: &str, open: &str, close: char, is_inside: impl Fn(char) -> bool) -> bool {
    text.split(open).skip(1).any(|rest| {
        rest.split_once(close)
            .is_some_and(|(inside, _)| !inside.is_empty() && inside.chars().all(&is_inside))
    })
}

#[cfg(test)]
mod tests {
    use super::is_in;

    #[test]
    fn tokens_of_flux_and_of_the_vault_plugin_are_known() {
        for text in [
            "x ${CLUSTER_NAME} y",
            "${PORT:=80}",
            "a <path:kv/app#password> b",
            "<pw | base64encode>\n",
        ] {
            assert!(is_in(text), "{text}");
        }
    }

    #[test]
    fn other_text_is_no_token() {
        for text in ["$HOME", "${", "${}", "a < b > c", "<>", "$(VAR)", "${a\nb}", "<b>bold</b>"] {
            assert!(!is_in(text), "{text}");
        }
    }
}
