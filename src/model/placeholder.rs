//! Placeholders that a later step of the deployment fills in.

use memchr::memchr2;

/// The first token in `text` that some tool replaces after this one has run: `${VAR}` of Flux'
/// `postBuild` and `<path:...>` of the Argo CD Vault plugin anywhere, that plugin's `<name>` alone.
///
/// A script's own variables look like Flux' and are none: text that begins with `#!` has no token.
pub(crate) fn find(text: &str) -> Option<&str> {
    if text.starts_with("#!") {
        return None;
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_.| ".contains(c);
    let alone = text.trim();
    let name = alone.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    name.filter(|name| !name.is_empty() && name.chars().all(is_name))
        .map(|_| alone)
        .or_else(|| token(text, "${", '}', |c| c.is_ascii_alphanumeric() || "_:-=/. ".contains(c)))
        .or_else(|| token(text, "<path:", '>', |c| !c.is_whitespace() && c != '>'))
}

/// Whether there may be a token in a text that `piece` is of.
pub(crate) fn may_be_in(piece: &[u8]) -> bool {
    memchr2(b'$', b'<', piece).is_some()
}

/// How many characters a token may have: long ones would be looked at again and again.
const MAX_LENGTH: usize = 200;

fn token<'t>(
    text: &'t str,
    open: &str,
    close: char,
    is_inside: impl Fn(char) -> bool,
) -> Option<&'t str> {
    text.match_indices(open).find_map(|(start, _)| {
        // `$${VAR}` is how Flux is told that `${VAR}` is meant as it is.
        let is_escaped = text[..start].ends_with('$');
        let rest = &text[start + open.len()..];
        let length =
            rest.chars().take(MAX_LENGTH).take_while(|c| is_inside(*c)).map(char::len_utf8).sum();
        let is_closed = length > 0 && rest[length..].starts_with(close);
        (is_closed && !is_escaped).then(|| &text[start..=start + open.len() + length])
    })
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn tokens_of_flux_and_of_the_vault_plugin_are_known() {
        for text in [
            "x ${CLUSTER_NAME} y",
            "${PORT:=80}",
            "a <path:kv/app#password> b",
            "<pw | base64encode>\n",
        ] {
            assert!(find(text).is_some(), "{text}");
        }
    }

    #[test]
    fn other_text_is_no_token() {
        for text in [
            "$HOME",
            "${",
            "${}",
            "a < b > c",
            "<>",
            "$(VAR)",
            "${a\nb}",
            "<b>bold</b>",
            "$${X}",
            "#!/bin/sh\n${HOME}",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
    }
}
