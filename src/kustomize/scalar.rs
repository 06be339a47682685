//! What a scalar without quotes means to kustomize, and how it prints it.

use super::value::Scalar;

/// A scalar without quotes, as kustomize reads it from a resource: YAML 1.2 with the numbers of
/// YAML 1.1.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Plain {
    Boolean(bool),
    /// A whole number in decimal.
    Integer(String),
    Float(f64),
    /// A moment, as Go prints it.
    Time(String),
    Text,
}

impl Plain {
    /// What `scalar` means, which is text if it is quoted.
    pub(super) fn of_scalar(scalar: &Scalar) -> Self {
        if scalar.is_quoted { Self::Text } else { Self::of(&scalar.text) }
    }

    /// What `text` means. Null is left to the parser.
    pub(super) fn of(text: &str) -> Self {
        match text {
            "true" | "True" | "TRUE" => return Self::Boolean(true),
            "false" | "False" | "FALSE" => return Self::Boolean(false),
            _ => {}
        }
        if !text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) {
            return Self::Text;
        }
        if let Some(time) = time(text) {
            return Self::Time(time);
        }
        let digits = text.replace('_', "");
        let number = integer(&digits).map(Self::Integer);
        number.or_else(|| float(&digits)).unwrap_or(Self::Text)
    }

    /// A number as Go's JSON has it, or as its YAML has it.
    pub(super) fn print_float(number: f64, is_json: bool) -> String {
        let scientific = format!("{number:e}");
        let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
        let exponent: i32 = exponent.parse().unwrap_or_default();
        let is_plain =
            if is_json { (-6..21).contains(&exponent) } else { (-4..21).contains(&exponent) };
        if is_plain && (is_json || exponent < 6 || number.fract() == 0.0) {
            return format!("{number}");
        }
        let sign = if exponent < 0 { '-' } else { '+' };
        let width = if is_json && exponent < 0 && exponent > -10 { 1 } else { 2 };
        format!("{mantissa}e{sign}{:0width$}", exponent.unsigned_abs())
    }
}

/// A whole number, as Go's `strconv.ParseInt` with base 0 takes it: `0x1F`, `0o17` and `017` too.
fn integer(text: &str) -> Option<String> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let radixes = [("0x", 16), ("0X", 16), ("0o", 8), ("0O", 8), ("0b", 2), ("0B", 2), ("0", 8)];
    let prefixed = radixes.iter().find_map(|(prefix, radix)| {
        digits.strip_prefix(prefix).filter(|rest| !rest.is_empty()).map(|rest| (rest, *radix))
    });
    let (digits, radix) = prefixed.unwrap_or((digits, 10));
    if !digits.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    let number = u64::from_str_radix(digits, radix).ok()?;
    let sign = if number == 0 { "" } else { sign };
    Some(format!("{sign}{number}"))
}

/// A float; one that is whole is printed like an integer.
fn float(text: &str) -> Option<Plain> {
    let is_number = text.chars().all(|c| c.is_ascii_digit() || "+-.eE".contains(c));
    let number: f64 = text.parse().ok().filter(|_| is_number)?;
    Some(Plain::Float(number)).filter(|_| number.is_finite())
}

/// A date becomes midnight; a moment that Go prints as it is written stays.
fn time(text: &str) -> Option<String> {
    let is_date = |date: &str| {
        let parts: Vec<&str> = date.split('-').collect();
        let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
        lengths == [4, 2, 2] && parts.iter().all(|part| part.bytes().all(|b| b.is_ascii_digit()))
    };
    match text.split_once('T') {
        None => is_date(text).then(|| format!("{text}T00:00:00Z")),
        Some((date, _)) => is_date(date).then(|| text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::Plain;

    #[test]
    fn scalars_are_read_as_kustomize_reads_them() {
        let integer = |text: &str| Plain::Integer(text.to_owned());
        for (text, plain) in [
            ("yes", Plain::Text),
            ("True", Plain::Boolean(true)),
            ("0o17", integer("15")),
            ("017", integer("15")),
            ("0x1F", integer("31")),
            ("+1", integer("1")),
            ("-12", integer("-12")),
            ("1_000", integer("1000")),
            ("08", Plain::Float(8.0)),
            ("1.50", Plain::Float(1.5)),
            ("2001-01-01", Plain::Time("2001-01-01T00:00:00Z".to_owned())),
            ("1.2.3", Plain::Text),
            (".inf", Plain::Text),
            ("-", Plain::Text),
            ("+", Plain::Text),
        ] {
            assert_eq!(Plain::of(text), plain, "{text}");
        }
    }

    /// As Go 1.24 prints them.
    #[test]
    fn floats_are_printed_as_go_prints_them() {
        for (number, json, yaml) in [
            (1.5, "1.5", "1.5"),
            (8.0, "8", "8"),
            (1e21, "1e+21", "1e+21"),
            (1_234_567.5, "1234567.5", "1.2345675e+06"),
            (1e-6, "0.000001", "1e-06"),
            (1e-7, "1e-7", "1e-07"),
        ] {
            assert_eq!(Plain::print_float(number, true), json);
            assert_eq!(Plain::print_float(number, false), yaml);
        }
    }
}
