//! What a plain scalar means to the YAML 1.1 reader of kubectl: a string, or something else.

/// The booleans of YAML 1.1 that are strings in YAML 1.2.
const OLD_BOOLEANS: [&str; 16] = [
    "y", "Y", "yes", "Yes", "YES", "n", "N", "no", "No", "NO", "on", "On", "ON", "off", "Off",
    "OFF",
];

/// What `text`, written without quotes, is for kubectl if it is not a string: the words of YAML 1.1
/// for booleans, and the numbers of go-yaml.
///
/// Null is left to [`NodeRef::is_null`](super::NodeRef::is_null).
pub(crate) fn plain_type(text: &str) -> Option<&'static str> {
    const BOOLEANS: [&str; 6] = ["true", "True", "TRUE", "false", "False", "FALSE"];
    if BOOLEANS.contains(&text) || is_old_boolean(text) {
        return Some("a boolean");
    }
    let is_number = text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c))
        && (is_integer(&text.replace('_', "")) || is_float(&text.replace('_', "")));
    is_number.then_some("a number")
}

/// Whether `text` is a boolean for kubectl, and a string for kustomize and kpt.
pub(crate) fn is_old_boolean(text: &str) -> bool {
    OLD_BOOLEANS.contains(&text)
}

fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let radix = |prefix: &[&str], radix: u32| {
        let rest = prefix.iter().find_map(|prefix| digits.strip_prefix(prefix));
        rest.is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_digit(radix)))
    };
    radix(&["0x", "0X"], 16)
        || radix(&["0o", "0O"], 8)
        || radix(&["0b", "0B"], 2)
        || radix(&[""], 10)
}

fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let are_digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    are_digits(whole)
        && are_digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && !exponent.is_empty()
        && are_digits(exponent)
}

#[cfg(test)]
mod tests {
    use super::plain_type;

    /// As `kubectl label --local -o json` of version 1.32 reads the value of a ConfigMap's entry.
    #[test]
    fn plain_scalars_are_read_as_kubectl_reads_them() {
        for text in ["yes", "On", "y", "TRUE"] {
            assert_eq!(plain_type(text), Some("a boolean"), "{text}");
        }
        for text in [
            "1",
            "+1",
            "-1",
            "1.5",
            "1e3",
            ".5",
            "1.",
            "0x1F",
            "0o17",
            "0b11",
            "017",
            "08",
            "1_000",
            ".inf",
            ".nan",
            "12e45",
            "+.5",
            "-0x1f",
            "1__0",
            "0x_1",
            "685_230.15",
            "1e+3",
            "-0b1",
        ] {
            assert_eq!(plain_type(text), Some("a number"), "{text}");
        }
        for text in [
            "tRUE",
            "190:20:30",
            "2001-01-01",
            "=",
            "1e5a",
            "0x",
            "1e",
            "0.0.0.0",
            "1,000",
            "NaN",
            "_1",
            "e5",
            "+",
            "0o8",
            "0b2",
            "",
            "null",
            "sha256:00",
            ".",
        ] {
            assert_eq!(plain_type(text), None, "{text}");
        }
    }
}
