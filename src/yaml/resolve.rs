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
    Plain::of(text).map(|plain| match plain {
        Plain::Boolean(_) => "a boolean",
        Plain::Integer(_) | Plain::Float(_) => "a number",
    })
}

/// The text that the API server stores for a key that is written without quotes, if it is another.
///
/// kubectl turns keys into strings again after it has read them as something else.
pub(crate) fn key_as_stored(text: &str) -> Option<String> {
    let stored = match Plain::of(text)? {
        Plain::Boolean(is_true) => is_true.to_string(),
        Plain::Integer(number) => number.to_string(),
        Plain::Float(number) => float_key(number),
    };
    Some(stored).filter(|stored| stored != text)
}

/// Whether `text` is a boolean for kubectl, and a string for kustomize and kpt.
pub(crate) fn is_old_boolean(text: &str) -> bool {
    OLD_BOOLEANS.contains(&text)
}

/// What go-yaml makes of a plain scalar that is neither a string nor null.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Plain {
    Boolean(bool),
    Integer(i128),
    Float(f64),
}

impl Plain {
    /// As `resolve` of go-yaml 2 decides, which kubectl reads with. A number that has no place in 64 bits
    /// is a string there: `1e999`, or a long word of hex digits.
    fn of(text: &str) -> Option<Self> {
        match text {
            "true" | "True" | "TRUE" => return Some(Self::Boolean(true)),
            "false" | "False" | "FALSE" => return Some(Self::Boolean(false)),
            ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
                return Some(Self::Float(f64::INFINITY));
            }
            "-.inf" | "-.Inf" | "-.INF" => return Some(Self::Float(f64::NEG_INFINITY)),
            ".nan" | ".NaN" | ".NAN" => return Some(Self::Float(f64::NAN)),
            _ if is_old_boolean(text) => {
                let is_true = matches!(&*text.to_ascii_lowercase(), "y" | "yes" | "on");
                return Some(Self::Boolean(is_true));
            }
            _ => {}
        }
        match text.bytes().next()? {
            b'.' => float(text),
            b'+' | b'-' | b'0'..=b'9' => {
                let digits = text.replace('_', "");
                integer(&digits).or_else(|| float(&digits))
            }
            _ => None,
        }
    }
}

/// An integer of 64 bits, with or without sign, as Go's `strconv` reads it with base 0.
fn integer(text: &str) -> Option<Plain> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let prefixed = |prefix: [&str; 2]| prefix.iter().find_map(|own| unsigned.strip_prefix(*own));
    let (digits, radix) = if let Some(digits) = prefixed(["0x", "0X"]) {
        (digits, 16)
    } else if let Some(digits) = prefixed(["0o", "0O"]) {
        (digits, 8)
    } else if let Some(digits) = prefixed(["0b", "0B"]) {
        (digits, 2)
    } else if unsigned.len() > 1 && unsigned.starts_with('0') {
        (&unsigned[1..], 8)
    } else {
        (unsigned, 10)
    };
    if !digits.starts_with(|c: char| c.is_digit(radix)) {
        return None;
    }
    let size = i128::from_str_radix(digits, radix).ok()?;
    let number = if text.starts_with('-') { -size } else { size };
    // Go's unsigned numbers take no sign.
    let most = if unsigned.len() == text.len() { u64::MAX.into() } else { i64::MAX.into() };
    (i128::from(i64::MIN)..=most).contains(&number).then_some(Plain::Integer(number))
}

/// A finite number in decimal digits.
fn float(text: &str) -> Option<Plain> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_decimal = unsigned.chars().all(|c| c.is_ascii_digit() || "+-.eE".contains(c))
        && unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let number: f64 = is_decimal.then(|| text.parse().ok())??;
    number.is_finite().then_some(Plain::Float(number))
}

/// `number` as sigs.k8s.io/yaml writes it as a key: Go's format `g`, the shortest for 32 bits.
#[expect(clippy::cast_possible_truncation, reason = "it is what sigs.k8s.io/yaml does")]
fn float_key(number: f64) -> String {
    let narrow = number as f32;
    if narrow.is_nan() {
        return ".nan".to_owned();
    }
    if narrow.is_infinite() {
        return if narrow > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    let scientific = format!("{narrow:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if (-4..6).contains(&exponent) {
        return narrow.to_string();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

#[cfg(test)]
mod tests {
    use super::{key_as_stored, plain_type};

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
            "18446744073709551616",
            "0xFFFFFFFFFFFFFFFF",
            "0777777777777777777777777777",
            "+.inf",
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
            "1234e567",
            "12e5678901",
            "0x5FbDB2315678afecb367f032d93F642f64180aa3",
            "0xFFFFFFFFFFFFFFFFF",
            "-0xFFFFFFFFFFFFFFFF",
            ".5_0",
            "1e1.5",
            "+-1",
            "0x-1",
            "1-1",
        ] {
            assert_eq!(plain_type(text), None, "{text}");
        }
    }

    #[test]
    fn keys_are_stored_as_kubectl_writes_them_again() {
        for (key, stored) in [
            ("on", "true"),
            ("n", "false"),
            ("No", "false"),
            ("y", "true"),
            ("OFF", "false"),
            ("010", "8"),
            ("0x10", "16"),
            ("1.20", "1.2"),
            ("1e3", "1000"),
            ("1_000", "1000"),
            ("1e6", "1e+06"),
            ("1234567.5", "1.2345675e+06"),
            ("0.00001", "1e-05"),
            ("+1", "1"),
            ("08", "8"),
        ] {
            assert_eq!(key_as_stored(key).as_deref(), Some(stored), "{key}");
        }
        for key in ["8080", "1.5", "true", "-1", "a", "1e999"] {
            assert_eq!(key_as_stored(key), None, "{key}");
        }
    }
}
