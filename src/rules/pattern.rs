//! An entry of a `reload` list: a regular expression of Go, between `^` and `$`.

use std::fmt;

use regex::bytes::{Regex, RegexBuilder};

use super::go_regex;
use crate::model::{ConfigKind, ResourceSet, Stem};

/// A pattern that names of configs are matched with.
#[derive(Debug, Clone)]
pub(crate) enum Pattern {
    /// A name without any character that has a meaning.
    Name(String),
    /// Anything else, and what every name that it matches begins with.
    Regex { prefix: String, regex: Regex },
}

/// Why an entry is no pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InvalidPattern(String);

impl fmt::Display for InvalidPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Bytes that a compiled pattern may take: the crate's own default.
const MAX_SIZE: usize = 10 << 20;
/// What a pattern nests in [`go_regex`]'s output, which is some groups for each of its own.
const MAX_NESTING: u32 = 1000;

impl Pattern {
    /// Compiles `entry` as Reloader does: with the anchors around the raw text, not around a group.
    /// So `foo|bar` matches what begins with foo or ends with bar, and `*` matches everything.
    ///
    /// # Errors
    ///
    /// Returns why Go would not compile it, or that it is too large.
    pub(crate) fn compile(entry: &str) -> Result<Self, InvalidPattern> {
        if !entry.is_empty() && entry.chars().all(is_literal) {
            return Ok(Self::Name(entry.to_owned()));
        }
        let translated = go_regex::translate(&format!("^{entry}$")).map_err(InvalidPattern)?;
        let regex =
            RegexBuilder::new(&translated).size_limit(MAX_SIZE).nest_limit(MAX_NESTING).build();
        let prefix = literal_prefix(entry).to_owned();
        regex.map(|regex| Self::Regex { prefix, regex }).map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => InvalidPattern("expression is too large".to_owned()),
            _ => InvalidPattern("expression cannot be compiled".to_owned()),
        })
    }

    /// Whether a config called `name` is meant.
    pub(crate) fn matches(&self, name: &str) -> bool {
        match self {
            Self::Name(own) => own == name,
            Self::Regex { regex, .. } => regex.is_match(name.as_bytes()),
        }
    }

    /// What names must be, or begin with, to be matched.
    pub(crate) fn stem(&self) -> Stem<'_> {
        match self {
            Self::Name(own) => Stem::Whole(own),
            Self::Regex { prefix, .. } => Stem::Start(prefix),
        }
    }

    /// The names that it matches, of configs of `kind` in `namespace`: those that they have, and those
    /// that kustomize has replaced.
    pub(crate) fn among<'s>(
        &'s self,
        resources: &'s ResourceSet<'_>,
        namespace: &str,
        kind: ConfigKind,
    ) -> impl Iterator<Item = &'s str> {
        let names = resources.names_of(namespace, kind, self.stem());
        names.filter(|name| self.matches(name))
    }
}

/// Whether `c` stands for itself in a regular expression, wherever it is outside of a class.
fn is_literal(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-'
}

/// What every text begins with that `^`, `entry` and `$` match together.
fn literal_prefix(entry: &str) -> &str {
    if entry.contains('|') {
        return "";
    }
    let literal = &entry[..entry.find(|c| !is_literal(c)).unwrap_or(entry.len())];
    // What follows may say that the last one is not needed.
    let is_repeated = entry[literal.len()..].starts_with(['*', '?', '{']);
    &literal[..literal.len() - usize::from(is_repeated && !literal.is_empty())]
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 10] = ["foo", "foobar", "xbar", "foo-1", "a.b", "a", "b", "fooo", "x", "l"];

    fn matches(entry: &str) -> Option<Vec<&'static str>> {
        let pattern = Pattern::compile(entry).ok()?;
        Some(NAMES.into_iter().filter(|name| pattern.matches(name)).collect())
    }

    #[test]
    fn anchors_stand_around_the_raw_entry() {
        assert_eq!(matches("foo|bar").unwrap(), ["foo", "foobar", "xbar", "foo-1", "fooo"]);
        assert_eq!(matches("(foo|bar)").unwrap(), ["foo"]);
        assert_eq!(matches("*").unwrap(), NAMES);
        assert_eq!(matches("foo*").unwrap(), ["foo", "fooo"]);
        assert_eq!(matches("").unwrap(), [""; 0]);
    }

    #[test]
    fn what_names_must_begin_with_is_no_more_than_the_expression_says() {
        for (entry, prefix) in [
            ("app-.*", "app-"),
            ("app-1*", "app-"),
            ("app?", "ap"),
            ("app{0,3}", "ap"),
            ("app+", "app"),
            ("app-v1\\.2", "app-v1"),
            ("(?i)app", ""),
            ("app.*|web", ""),
            ("*", ""),
            ("[ab]c", ""),
        ] {
            assert_eq!(literal_prefix(entry), prefix, "{entry}");
        }
    }

    #[test]
    fn what_only_go_takes_is_taken() {
        assert_eq!(matches(r"\Qa.b\E").unwrap(), ["a.b"]);
        assert_eq!(matches(r"\Qfoo").unwrap(), [""; 0]);
        for entry in ["{", "a{", "a{,3}", "foo-[0-9]{1", "a{01}", "[[a-z]]+", r"\<foo\>"] {
            assert_eq!(matches(entry).expect(entry), [""; 0], "{entry}");
        }
        assert_eq!(matches("[a&&b]").unwrap(), ["a", "b"]);
        assert_eq!(matches("[[a]").unwrap(), ["a"]);
        assert_eq!(matches("[x~~l]").unwrap(), ["x", "l"]);
        assert_eq!(matches(r"\x66\157{2}").unwrap(), ["foo"]);
        assert_eq!(matches(r"[\x{66}][[:alpha:]]\w\W\d").unwrap(), ["foo-1"]);
        assert_eq!(matches(r"\p{Latin}\pL\p{^Greek}").unwrap(), ["foo"]);
        assert_eq!(matches("(?i)*").unwrap(), NAMES);
        assert_eq!(matches("(?i:F)(?P<rest>oo)").unwrap(), ["foo"]);
        assert_eq!(matches("f(?i)O(?-i)o").unwrap(), ["foo"]);
        assert_eq!(matches(r"foo\b.\b1").unwrap(), ["foo-1"]);
        assert_eq!(matches(r"fo\Bo").unwrap(), ["foo"]);
        assert_eq!(matches("(?s)f.{2}?").unwrap(), ["foo"]);
    }

    #[test]
    fn what_go_refuses_is_refused() {
        let deep = format!("{}a{}", "(".repeat(101), ")".repeat(101));
        for entry in [
            "x**",
            "x*+",
            "x{2}{3}",
            "(?x) f o o",
            r"\u0066oo",
            "a{1001}",
            "(a{100}){11}",
            "(foo",
            "foo)",
            "[a",
            "[b-a]",
            "(*)",
            "a|*",
            "(?=foo)",
            "(?<=foo)",
            r"(\w)\1",
            r"\8",
            r"\y",
            r"\p{Alphabetic}",
            r"\p{",
            "[[:nope:]]",
            "(?P<a>x)(?P<a>y)",
            "(?P<a-b>x)",
            "(?i",
            "(?i-)a",
            r"\x{110000}",
            r"\xg0",
            "[",
            "[^",
            r"\C",
            r"\Z",
            r"\h",
            "(?R)a",
            &deep,
        ] {
            assert!(Pattern::compile(entry).is_err(), "{entry}");
        }
        assert!(Pattern::compile("(a{100}){10}").is_ok());
    }

    #[expect(clippy::disallowed_methods, reason = "a test may look at the clock")]
    #[test]
    fn a_pattern_of_any_size_is_refused_or_compiled_in_no_time() {
        let start = std::time::Instant::now();
        let too_large = Err("expression is too large");
        for (entry, expected) in [
            (r"\pL{1000}\pL{1000}\pL{1000}".to_owned(), too_large),
            ("(a{10}){100}".repeat(2000), too_large),
            ("(a|b)".repeat(20_000), Ok(false)),
            ("[a-z]*".repeat(20_000), Ok(true)),
            ("((((((((((a*)*)*)*)*)*)*)*)*)*)*".to_owned(), Ok(true)),
            (format!("{}{}", "(a".repeat(100), ")*".repeat(100)), Ok(true)),
        ] {
            let is_match = |pattern: Pattern| pattern.matches(&"a".repeat(253));
            let matched = Pattern::compile(&entry).map(is_match).map_err(|error| error.to_string());
            assert_eq!(matched, expected.map_err(str::to_owned), "{entry}");
        }
        assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
    }
}
