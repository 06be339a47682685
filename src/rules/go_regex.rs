//! Go's regular expressions, written as the `regex` crate reads them.
//!
//! The two crates' engines agree; their syntaxes differ in a few places where one takes what the
//! other refuses, or reads it differently. This follows `regexp/syntax` of Go with the flags of
//! `regexp.Compile`, and writes only what both read alike: every atom in a group of its own, every
//! character of a class by its number.

use std::collections::HashSet;
use std::fmt::Write as _;

/// How often one thing may be repeated, repetitions of repetitions multiplied.
const MAX_REPEAT: u32 = 1000;
/// How deep groups may nest: Go takes 1000, at the price of a stack that grows.
const MAX_DEPTH: usize = 100;

type Result<T> = std::result::Result<T, String>;

/// Translates `pattern`.
///
/// # Errors
///
/// Returns what Go's compiler would complain of.
pub(super) fn translate(pattern: &str) -> Result<String> {
    let mut translator = Translator {
        rest: pattern,
        flags: Flags::default(),
        groups: vec![Group::default()],
        names: HashSet::new(),
    };
    translator.run()?;
    match translator.groups.len() {
        1 => Ok(translator.groups.remove(0).finish().text),
        _ => Err("missing closing )".to_owned()),
    }
}

/// `(?imsU)`; `U` swaps greedy and lazy, which does not change whether there is a match.
#[derive(Debug, Clone, Copy, Default)]
struct Flags {
    ignore_case: bool,
    multi_line: bool,
    dot_all: bool,
}

/// Something that can be repeated, in the syntax of the `regex` crate.
#[derive(Debug, Default)]
struct Atom {
    text: String,
    /// How many copies of the innermost thing its repetitions make.
    copies: u32,
}

/// An open group.
#[derive(Debug, Default)]
struct Group {
    /// The alternatives before the present one.
    alternatives: Vec<Atom>,
    /// What the present alternative consists of.
    atoms: Vec<Atom>,
    /// The flags to go back to behind the group.
    outer_flags: Flags,
}

impl Group {
    fn end_alternative(&mut self) {
        let atoms = std::mem::take(&mut self.atoms);
        let copies = atoms.iter().map(|atom| atom.copies).max().unwrap_or(1);
        let text = atoms.into_iter().map(|atom| atom.text).collect();
        self.alternatives.push(Atom { text, copies });
    }

    fn finish(mut self) -> Atom {
        self.end_alternative();
        let copies = self.alternatives.iter().map(|atom| atom.copies).max().unwrap_or(1);
        let texts: Vec<_> = self.alternatives.into_iter().map(|atom| atom.text).collect();
        Atom { text: format!("(?:{})", texts.join("|")), copies }
    }
}

struct Translator<'p> {
    rest: &'p str,
    flags: Flags,
    /// The groups that are open, the pattern itself first.
    groups: Vec<Group>,
    names: HashSet<&'p str>,
}

impl<'p> Translator<'p> {
    fn run(&mut self) -> Result<()> {
        // Whether the last thing read was a repetition.
        let mut is_repeated = false;
        while let Some(c) = self.rest.chars().next() {
            let was_repeated = std::mem::take(&mut is_repeated);
            match c {
                '(' => self.open()?,
                ')' => self.close()?,
                '|' => {
                    self.bump(1);
                    self.group().end_alternative();
                }
                '[' => {
                    let class = self.class()?;
                    self.push(class);
                }
                '\\' => self.escape()?,
                '*' | '+' | '?' => {
                    self.bump(1);
                    self.repeat(&c.to_string(), 1, was_repeated)?;
                    is_repeated = true;
                }
                '{' => match self.counted()? {
                    Some((text, count)) => {
                        self.repeat(&text, count, was_repeated)?;
                        is_repeated = true;
                    }
                    None => self.literal(),
                },
                '^' => self.assertion("^", r"\A"),
                '$' => self.assertion("$", r"\z"),
                '.' => {
                    self.bump(1);
                    let text = if self.flags.dot_all { "(?s:.)" } else { "." };
                    self.push(text.to_owned());
                }
                _ => self.literal(),
            }
        }
        Ok(())
    }

    fn bump(&mut self, bytes: usize) {
        self.rest = &self.rest[bytes..];
    }

    fn group(&mut self) -> &mut Group {
        self.groups.last_mut().expect("the pattern itself is a group that is never closed")
    }

    fn push(&mut self, text: String) {
        let text = if self.flags.ignore_case { format!("(?i:{text})") } else { text };
        self.group().atoms.push(Atom { text, copies: 1 });
    }

    /// A character that stands for itself.
    fn literal(&mut self) {
        if let Some(c) = self.rest.chars().next() {
            self.bump(c.len_utf8());
            self.push(character(c));
        }
    }

    fn assertion(&mut self, line: &str, text: &str) {
        self.bump(1);
        let text = if self.flags.multi_line { format!("(?m:{line})") } else { text.to_owned() };
        self.group().atoms.push(Atom { text: format!("(?:{text})"), copies: 1 });
    }

    /// Repeats the last atom. `count` is how many copies that makes at least, or at most if there
    /// is a most.
    fn repeat(&mut self, operator: &str, count: u32, was_repeated: bool) -> Result<()> {
        if let Some(rest) = self.rest.strip_prefix('?') {
            self.rest = rest;
        }
        if was_repeated {
            return Err("invalid nested repetition operator".to_owned());
        }
        let last = self.group().atoms.pop();
        let Atom { text, copies } =
            last.ok_or_else(|| format!("missing argument to repetition operator {operator}"))?;
        let copies = copies.saturating_mul(count.max(1));
        if count > 1 && copies > MAX_REPEAT {
            return Err(format!("invalid repeat count {operator}"));
        }
        self.group().atoms.push(Atom { text: format!("(?:{text}){operator}"), copies });
        Ok(())
    }

    /// `{2}`, `{2,}` or `{2,3}` and the count for [`repeat`](Self::repeat); `None` if the brace is
    /// a brace.
    fn counted(&mut self) -> Result<Option<(String, u32)>> {
        let Some((inside, rest)) = self.rest[1..].split_once('}') else { return Ok(None) };
        let (least, most) =
            inside.split_once(',').map_or((inside, Some(inside)), |(least, most)| {
                (least, (!most.is_empty()).then_some(most))
            });
        let Some(least) = number(least) else { return Ok(None) };
        let most = match most.map(number) {
            Some(None) => return Ok(None),
            Some(Some(most)) => Some(most),
            None => None,
        };
        let text = format!("{{{inside}}}");
        if least > MAX_REPEAT || most.is_some_and(|most| most > MAX_REPEAT || most < least) {
            return Err(format!("invalid repeat count {text}"));
        }
        self.rest = rest;
        Ok(Some((text, most.unwrap_or(least))))
    }

    fn open(&mut self) -> Result<()> {
        let outer_flags = self.flags;
        if let Some(rest) = self.rest.strip_prefix("(?") {
            let named = rest.strip_prefix("P<").or_else(|| rest.strip_prefix('<'));
            if let Some(named) = named {
                self.name(named)?;
            } else if !self.flags(rest)? {
                return Ok(());
            }
        } else {
            self.bump(1);
        }
        if self.groups.len() > MAX_DEPTH {
            return Err("expression nests too deeply".to_owned());
        }
        self.groups.push(Group { outer_flags, ..Group::default() });
        Ok(())
    }

    fn name(&mut self, rest: &'p str) -> Result<()> {
        let invalid = || "invalid named capture".to_owned();
        let (name, rest) = rest.split_once('>').ok_or_else(invalid)?;
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty() || !name.chars().all(is_word) || !self.names.insert(name) {
            return Err(invalid());
        }
        self.rest = rest;
        Ok(())
    }

    /// Reads flags behind `(?`. Whether a group begins; otherwise they are for what follows.
    fn flags(&mut self, rest: &'p str) -> Result<bool> {
        let mut flags = self.flags;
        let mut is_set = true;
        let mut is_missing = false;
        for (at, c) in rest.char_indices() {
            match c {
                'i' => flags.ignore_case = is_set,
                'm' => flags.multi_line = is_set,
                's' => flags.dot_all = is_set,
                'U' => {}
                '-' if is_set => is_set = false,
                ':' | ')' if !is_missing => {
                    self.flags = flags;
                    self.rest = &rest[at + 1..];
                    return Ok(c == ':');
                }
                _ => break,
            }
            is_missing = c == '-';
        }
        Err("invalid or unsupported Perl syntax".to_owned())
    }

    fn close(&mut self) -> Result<()> {
        if self.groups.len() == 1 {
            return Err("unexpected )".to_owned());
        }
        self.bump(1);
        if let Some(group) = self.groups.pop() {
            self.flags = group.outer_flags;
            self.group().atoms.push(group.finish());
        }
        Ok(())
    }

    fn escape(&mut self) -> Result<()> {
        let rest = &self.rest[1..];
        let assertion = match rest.chars().next() {
            Some('A') => r"\A",
            Some('z') => r"\z",
            Some('b') => r"(?-u:\b)",
            Some('B') => r"(?-u:\B)",
            Some('Q') => {
                let (literal, rest) = rest[1..].split_once(r"\E").unwrap_or((&rest[1..], ""));
                self.rest = rest;
                literal.chars().for_each(|c| self.push(character(c)));
                return Ok(());
            }
            _ => {
                let class = match self.class_escape()? {
                    Some(class) => format!("[{class}]"),
                    None => character(self.escaped()?),
                };
                self.push(class);
                return Ok(());
            }
        };
        self.bump(2);
        self.group().atoms.push(Atom { text: format!("(?:{assertion})"), copies: 1 });
        Ok(())
    }

    /// `\d`, `\pN` and their like, as items of a class.
    fn class_escape(&mut self) -> Result<Option<String>> {
        let class = match self.rest[1..].chars().next() {
            Some('d') => "0-9",
            Some('D') => "[^0-9]",
            Some('s') => r"\t\n\x0C\r\x20",
            Some('S') => r"[^\t\n\x0C\r\x20]",
            Some('w') => "0-9A-Za-z_",
            Some('W') => "[^0-9A-Za-z_]",
            Some(c @ ('p' | 'P')) => return self.unicode_class(c == 'P').map(Some),
            _ => return Ok(None),
        };
        self.bump(2);
        Ok(Some(class.to_owned()))
    }

    /// `\pN`, `\p{Greek}` and `\p{^Greek}`: a general category or a script, nothing else.
    fn unicode_class(&mut self, is_negated: bool) -> Result<String> {
        let invalid = || "invalid character class range".to_owned();
        let rest = &self.rest[2..];
        let first = rest.chars().next().ok_or_else(invalid)?;
        let (name, rest) = match rest.strip_prefix('{') {
            Some(inside) => inside.split_once('}').ok_or_else(invalid)?,
            None => rest.split_at(first.len_utf8()),
        };
        self.rest = rest;
        let (is_negated, name) =
            name.strip_prefix('^').map_or((is_negated, name), |name| (!is_negated, name));
        let is_word = |c: char| c.is_ascii_alphabetic() || c == '_';
        let letter = if is_negated { 'P' } else { 'p' };
        let classes = ["gc", "sc"].map(|kind| format!(r"\{letter}{{{kind}={name}}}"));
        let mut known = classes.into_iter().filter(|class| regex::bytes::Regex::new(class).is_ok());
        known.next().filter(|_| !name.is_empty() && name.chars().all(is_word)).ok_or_else(invalid)
    }

    /// The character that an escape stands for (`parseEscape` of Go).
    fn escaped(&mut self) -> Result<char> {
        let mut chars = self.rest[1..].chars();
        let invalid = || "invalid escape sequence".to_owned();
        let c =
            chars.next().ok_or_else(|| r"trailing backslash at end of expression".to_owned())?;
        let character = match c {
            'a' => '\x07',
            'f' => '\x0C',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\x0B',
            'x' => {
                let digits = chars.as_str();
                let (digits, rest) = match digits.strip_prefix('{') {
                    Some(inside) => inside.split_once('}').ok_or_else(invalid)?,
                    None => digits.split_at_checked(2).ok_or_else(invalid)?,
                };
                self.rest = rest;
                return number_in(digits, 16).and_then(char::from_u32).ok_or_else(invalid);
            }
            '0'..='7' => {
                let digits = &self.rest[1..];
                let is_octal = |c: char| ('0'..='7').contains(&c);
                let length = digits.chars().take(3).take_while(|c| is_octal(*c)).count();
                if c != '0' && length < 2 {
                    return Err(invalid());
                }
                self.bump(1 + length);
                return number_in(&digits[..length], 8)
                    .and_then(char::from_u32)
                    .ok_or_else(invalid);
            }
            c if c.is_ascii() && !c.is_ascii_alphanumeric() => c,
            _ => return Err(invalid()),
        };
        self.bump(2);
        Ok(character)
    }

    fn class(&mut self) -> Result<String> {
        self.bump(1);
        let mut class = "[".to_owned();
        if let Some(rest) = self.rest.strip_prefix('^') {
            self.rest = rest;
            class.push('^');
        }
        let mut is_first = true;
        while is_first || !self.rest.starts_with(']') {
            is_first = false;
            class += &self.class_item()?;
        }
        self.bump(1);
        Ok(class + "]")
    }

    /// One item of a class, or the range that it begins.
    fn class_item(&mut self) -> Result<String> {
        if let Some((name, rest)) =
            self.rest.strip_prefix("[:").and_then(|rest| rest.split_once(":]"))
        {
            const NAMES: [&str; 14] = [
                "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print",
                "punct", "space", "upper", "word", "xdigit",
            ];
            self.rest = rest;
            let is_known = NAMES.contains(&name.trim_start_matches('^')) && !name.starts_with("^^");
            let known = is_known.then(|| format!("[:{name}:]"));
            return known.ok_or_else(|| "invalid character class range".to_owned());
        }
        if self.rest.starts_with('\\')
            && let Some(class) = self.class_escape()?
        {
            return Ok(class);
        }
        let low = self.class_character()?;
        let is_range =
            self.rest.starts_with('-') && self.rest.len() > 1 && !self.rest.starts_with("-]");
        if !is_range {
            return Ok(character(low));
        }
        self.bump(1);
        let high = self.class_character()?;
        let text = format!("{}-{}", character(low), character(high));
        (low <= high).then_some(text).ok_or_else(|| "invalid character class range".to_owned())
    }

    fn class_character(&mut self) -> Result<char> {
        let c = self.rest.chars().next().ok_or_else(|| "missing closing ]".to_owned())?;
        if c == '\\' {
            return self.escaped();
        }
        self.bump(c.len_utf8());
        Ok(c)
    }
}

/// A character by its number, so that it has no meaning of its own.
fn character(c: char) -> String {
    let mut text = String::new();
    write!(text, r"\x{{{:X}}}", u32::from(c)).expect("a string takes all that is written");
    text
}

/// A count of a repetition: without leading zeros, as Go wants it. One too long to be a count is
/// too large.
fn number(text: &str) -> Option<u32> {
    let is_number = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let has_leading_zero = text.len() > 1 && text.starts_with('0');
    (is_number && !has_leading_zero).then(|| text.parse().unwrap_or(u32::MAX))
}

fn number_in(digits: &str, radix: u32) -> Option<u32> {
    let is_number = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    is_number.then(|| u32::from_str_radix(digits, radix).ok()).flatten()
}
