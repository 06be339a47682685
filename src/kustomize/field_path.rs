//! Paths of fields as replacements and variables write them: `spec.containers.[name=web].image`.

use super::patch::Failure;
use super::scalar::Plain;
use super::value::{Scalar, Value};
use crate::rules::pattern::Pattern;

type Result<T> = std::result::Result<T, Failure>;

/// The way to a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FieldPath {
    parts: Vec<String>,
}

/// What kind of value a path creates at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaf {
    Scalar,
    Sequence,
    Mapping,
}

impl Leaf {
    /// The kind of `value`.
    pub(super) fn of(value: &Value) -> Self {
        match value {
            Value::Sequence(_) => Self::Sequence,
            Value::Mapping(_) => Self::Mapping,
            _ => Self::Scalar,
        }
    }

    fn empty(self) -> Value {
        match self {
            Self::Scalar => Value::plain(""),
            Self::Sequence => Value::of_items(Vec::new()),
            Self::Mapping => Value::mapping(),
        }
    }
}

impl FieldPath {
    /// The path that `text` says. Dots separate its parts; those behind a backslash, and those in
    /// brackets, do not.
    pub(super) fn parse(text: &str) -> Self {
        let mut parts: Vec<String> = Vec::new();
        let mut is_joined = false;
        for (index, piece) in text.split('.').enumerate() {
            if index == 1 && parts[0].is_empty() {
                parts.clear();
            }
            match parts.last_mut() {
                Some(last) if is_joined => {
                    last.push('.');
                    last.push_str(piece);
                }
                _ => parts.push(piece.to_owned()),
            }
            let Some(last) = parts.last_mut() else { continue };
            is_joined = last.ends_with('\\');
            if is_joined {
                last.pop();
            }
        }
        Self { parts: join_brackets(parts) }
    }

    /// The same for a variable, which writes `containers[0]` for `containers.0`.
    pub(super) fn parse_with_indices(text: &str) -> Self {
        let mut parts = Vec::new();
        for part in Self::parse(text).parts {
            match part.strip_suffix(']').and_then(|part| part.split_once('[')) {
                Some((name, index)) if !name.is_empty() && is_number(index) => {
                    parts.extend([name.to_owned(), index.to_owned()]);
                }
                _ => parts.push(part),
            }
        }
        Self { parts }
    }

    /// The value at the path, if there is one.
    pub(super) fn find<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        self.parts.iter().try_fold(value, |value, part| match Part::of(part)? {
            Part::Index(index) => value.items().get(index),
            Part::Item(field, wanted) => value.items().iter().find(|item| {
                let own = if field.is_empty() { Some(*item) } else { item.get(field) };
                own.and_then(Value::text) == Some(wanted)
            }),
            Part::Every => None,
            Part::Key("-") if matches!(value, Value::Sequence(_)) => value.items().last(),
            Part::Key(key) => value.get(key),
        })
    }

    /// Hands over every value at the path, to be changed, and makes it if `create` says as what. Returns
    /// how many there are.
    ///
    /// # Errors
    ///
    /// Returns an error if the path does not fit the value.
    pub(super) fn change(
        &self,
        value: &mut Value,
        create: Option<Leaf>,
        change: &mut dyn FnMut(&mut Value) -> Result<()>,
    ) -> Result<usize> {
        Walk { create, change }.walk(value, &self.parts)
    }
}

/// Puts together again what dots in brackets have separated; a key in brackets loses them.
fn join_brackets(parts: Vec<String>) -> Vec<String> {
    let mut joined = Vec::new();
    let mut parts = parts.into_iter();
    while let Some(mut part) = parts.next() {
        if part.starts_with('[') && !part.ends_with(']') {
            for next in parts.by_ref() {
                part = format!("{part}.{next}");
                if next.ends_with(']') {
                    break;
                }
            }
            if !part.contains('=') {
                part = part.trim_matches(['[', ']']).into();
            }
        }
        joined.push(part);
    }
    joined
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A part of a path.
enum Part<'p> {
    Key(&'p str),
    Index(usize),
    /// The items whose field has a value; without a field, those that are the value.
    Item(&'p str, &'p str),
    Every,
}

impl<'p> Part<'p> {
    fn of(text: &'p str) -> Option<Self> {
        if is_number(text) {
            return text.parse().ok().map(Self::Index);
        }
        if let Some(inside) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
            return inside.split_once('=').map(|(field, value)| Self::Item(field, value));
        }
        Some(if text == "*" { Self::Every } else { Self::Key(text) })
    }
}

/// What is made to hold the part that comes next, or as the last.
fn container(next: Option<&String>, leaf: Leaf) -> Value {
    match next.map(|next| Part::of(next)) {
        None => leaf.empty(),
        Some(Some(Part::Key(_))) => Value::mapping(),
        Some(_) => Value::of_items(Vec::new()),
    }
}

/// On the way along a path.
struct Walk<'c> {
    create: Option<Leaf>,
    change: &'c mut dyn FnMut(&mut Value) -> Result<()>,
}

impl Walk<'_> {
    fn walk(&mut self, value: &mut Value, path: &[String]) -> Result<usize> {
        let Some((part, rest)) = path.split_first() else {
            (self.change)(value)?;
            return Ok(1);
        };
        let unfit = || Failure::Refused(format!("`{}` must be in a list", part.escape_debug()));
        match (Part::of(part), &mut *value) {
            (None, _) => Err(Failure::Refused(format!("`{}` is no field", part.escape_debug()))),
            (Some(Part::Key(key)), Value::Mapping(_)) => self.walk_key(value, key, rest),
            (Some(_), Value::Scalar(scalar)) => Err(within(&scalar.text)),
            (Some(Part::Key(key)), Value::Null) => {
                Err(Failure::Unknown(format!("`{}` is in null", key.escape_debug())))
            }
            (Some(Part::Key(key)), Value::Sequence(_)) => {
                Err(Failure::Refused(format!("`{}` must not be in a list", key.escape_debug())))
            }
            (Some(part), Value::Sequence(_)) => match part {
                Part::Index(index) => self.walk_index(value, index, rest),
                Part::Item(field, pattern) => self.walk_items(value, field, pattern, rest),
                _ => self.walk_every(value, rest),
            },
            (Some(_), _) => Err(unfit()),
        }
    }

    fn walk_key(&mut self, value: &mut Value, key: &str, rest: &[String]) -> Result<usize> {
        if value.get(key).is_none() {
            let Some(leaf) = self.create else { return Ok(0) };
            value.set(key, container(rest.first(), leaf));
        }
        value.get_mut(key).map_or(Ok(0), |value| self.walk(value, rest))
    }

    fn walk_index(&mut self, value: &mut Value, index: usize, rest: &[String]) -> Result<usize> {
        let Some(items) = value.items_mut() else { return Ok(0) };
        if let Some(leaf) = self.create.filter(|_| items.len() == index) {
            items.push(container(rest.first(), leaf));
        }
        let length = items.len();
        let item = items.get_mut(index).ok_or_else(|| {
            Failure::Refused(format!("there is no item {index} in a list of {length}"))
        })?;
        self.walk(item, rest)
    }

    fn walk_every(&mut self, value: &mut Value, rest: &[String]) -> Result<usize> {
        let Some(items) = value.items_mut() else { return Ok(0) };
        items.iter_mut().try_fold(0, |count, item| Ok(count + self.walk(item, rest)?))
    }

    /// The value is an expression that may match any part of the field.
    fn walk_items(
        &mut self,
        value: &mut Value,
        field: &str,
        expression: &str,
        rest: &[String],
    ) -> Result<usize> {
        let pattern =
            Pattern::compile(&format!("(?s:.*)(?:{expression})(?s:.*)")).map_err(|why| {
                Failure::Refused(format!("a list's item must be an expression: {why}"))
            })?;
        let Some(items) = value.items_mut() else { return Ok(0) };
        let mut count = 0;
        for item in &mut *items {
            let own = if field.is_empty() { Some(&*item) } else { item.get(field) };
            let Some(Value::Scalar(own)) = own else { continue };
            // kustomize compares with the text as it prints it, which may have quotes.
            if own.is_quoted && expression.contains(['^', '$']) {
                let message = "an expression with `^` or `$` is compared with a quoted text";
                return Err(Failure::Unknown(message.to_owned()));
            }
            if pattern.matches(&own.text) {
                let rest = if field.is_empty() { &[] } else { rest };
                count += self.walk(item, rest)?;
            }
        }
        if count > 0 || self.create.is_none() {
            return Ok(count);
        }
        let (mut item, rest) = if field.is_empty() {
            (Leaf::Scalar.empty(), &[][..])
        } else {
            (Value::of_entries(vec![(field.into(), Value::plain(expression))]), rest)
        };
        let count = self.walk(&mut item, rest)?;
        items.push(item);
        Ok(count)
    }
}

/// The failure for a path that leads into a text. From version 5.8 on kustomize reads the text as JSON
/// or YAML and writes it anew.
fn within(text: &str) -> Failure {
    if text.contains([':', '{', '[']) || text.trim_start().starts_with('-') {
        return Failure::Unknown("the field is within JSON or YAML within a text".to_owned());
    }
    Failure::Refused("the field is within a text".to_owned())
}

/// Puts the text of `new` where `old` is, which keeps its type.
///
/// # Errors
///
/// Returns an error if the text is not of that type.
pub(super) fn copy(old: &mut Value, new: &Value) -> Result<()> {
    let text = new.text().unwrap_or_default();
    let is_quoted = match old {
        Value::Sequence(_) | Value::Mapping(_) => {
            *old = new.clone();
            return Ok(());
        }
        Value::Null => {
            let message = "null must not be replaced: kustomize keeps its type";
            return Err(Failure::Refused(message.to_owned()));
        }
        // What has just been made has no type yet.
        Value::Scalar(scalar) if scalar.text.is_empty() && !scalar.is_quoted => {
            text.is_empty() || text.contains('\n')
        }
        Value::Scalar(scalar) => {
            let is_same = matches!(
                (Plain::of_scalar(scalar), Plain::of(text)),
                (Plain::Text, _)
                    | (Plain::Integer(_), Plain::Integer(_))
                    | (Plain::Float(_), Plain::Integer(_) | Plain::Float(_))
                    | (Plain::Boolean(_), Plain::Boolean(_))
            );
            if !is_same {
                let message = "a number or a boolean must not be replaced by anything else";
                return Err(Failure::Refused(message.to_owned()));
            }
            Plain::of_scalar(scalar) == Plain::Text
        }
    };
    *old = match text {
        "null" | "Null" | "NULL" | "~" if !is_quoted => Value::Null,
        _ => Value::Scalar(Scalar { text: text.into(), is_quoted }),
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::patch::tests::read;
    use super::*;

    const VALUE: &str = "{a: {b.c/d: x}, n: 3, list: [{name: one, v: 1}, {name: two, v: 2}, {v: 3}], \
                         args: [p, q]}";

    fn changed(path: &str, create: Option<Leaf>) -> Result<Option<Value>> {
        let mut value = read(VALUE);
        let set = &mut |value: &mut Value| copy(value, &read("9"));
        let count = FieldPath::parse(path).change(&mut value, create, set)?;
        Ok((count > 0).then_some(value))
    }

    #[test]
    fn paths_are_split_as_kustomize_splits_them() {
        for (path, parts) in [
            ("a.b", &["a", "b"][..]),
            (".a.b", &["a", "b"]),
            (r"a\.b.c", &["a.b", "c"]),
            ("a.[b.c/d]", &["a", "b.c/d"]),
            ("a.[b/d]", &["a", "[b/d]"]),
            ("a.[name=b.c].d", &["a", "[name=b.c]", "d"]),
        ] {
            assert_eq!(FieldPath::parse(path).parts, parts, "{path}");
        }
        assert_eq!(FieldPath::parse_with_indices("a[0].b").parts, ["a", "0", "b"]);
    }

    #[test]
    fn values_are_found() {
        for (path, found) in [
            ("a.[b.c/d]", Some("x")),
            (r"a.b\.c/d", Some("x")),
            ("list.1.v", Some("2")),
            ("list.-.v", Some("3")),
            ("list.[name=two].v", Some("2")),
            ("args.[=q]", Some("q")),
            ("list.[name=tw].v", None),
            ("list.3.v", None),
            ("list.*.v", None),
            ("n.x", None),
        ] {
            let value = read(VALUE);
            assert_eq!(FieldPath::parse(path).find(&value).and_then(Value::text), found, "{path}");
        }
    }

    #[test]
    fn values_are_replaced_wherever_the_path_leads() {
        for (path, changes) in [
            ("list.*.v", &["list.0.v", "list.1.v", "list.2.v"][..]),
            ("list.[name=two].v", &["list.1.v"]),
            // The value is an expression, which need not match as a whole.
            ("list.[name=o].v", &["list.0.v", "list.1.v"]),
            ("args.[=q]", &["args.1"]),
            ("n", &["n"]),
        ] {
            let value = changed(path, None).unwrap().unwrap();
            for (index, place) in
                ["list.0.v", "list.1.v", "list.2.v", "args.1", "n"].iter().enumerate()
            {
                let is_new =
                    FieldPath::parse(place).find(&value).and_then(Value::text) == Some("9");
                assert_eq!(is_new, changes.contains(place), "{path} {index}");
            }
        }
    }

    #[test]
    fn what_is_missing_is_made_if_that_is_asked_for() {
        for (path, place) in [
            ("x.y.z", "x.y.z"),
            ("x.0.z", "x.0.z"),
            ("list.3.v", "list.3.v"),
            ("list.[name=new].v", "list.3.v"),
            ("args.[=new]", "args.2"),
        ] {
            assert!(!matches!(changed(path, None), Ok(Some(_))), "{path}");
            let value = changed(path, Some(Leaf::Scalar)).unwrap().unwrap();
            let found = FieldPath::parse(place).find(&value).unwrap();
            assert_eq!(*found, read("9"), "{path}");
        }
        assert_eq!(changed("zz", None), Ok(None));
        for path in ["list.7.v", "n.x", "a.*", "a.[x]", "list.v", "list.-1.v"] {
            let refused = changed(path, Some(Leaf::Scalar));
            assert!(matches!(refused, Err(Failure::Refused(_))), "{path} {refused:?}");
        }
    }

    #[test]
    fn a_value_keeps_the_type_that_it_replaces() {
        for (old, new, result) in [
            ("x", "5", Some("'5'")),
            ("'x'", "5", Some("'5'")),
            ("3", "'5'", Some("5")),
            ("3", "x", None),
            ("1.5", "5", Some("5")),
            ("true", "5", None),
            ("null", "x", None),
            ("x", "{a: b}", Some("''")),
            ("{a: b}", "x", Some("x")),
        ] {
            let mut value = read(old);
            let copied = copy(&mut value, &read(new)).ok().map(|()| value);
            assert_eq!(copied, result.map(read), "{old} {new}");
        }
    }

    #[test]
    fn what_is_within_a_text_is_not_followed() {
        let mut value = read("{json: '{\"a\": 1}'}");
        let path = FieldPath::parse("json.a");
        let refused = path.change(&mut value, None, &mut |_| Ok(()));
        assert!(matches!(refused, Err(Failure::Unknown(_))));
    }
}
