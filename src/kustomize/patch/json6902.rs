//! JSON 6902 patches, as kustomize's library applies them: a negative index counts from the end, and
//! what is missing in a mapping can be replaced and copied.

use super::Failure;
use crate::kustomize::Value;
use crate::yaml::plain_type;

type Result<T> = std::result::Result<T, Failure>;

/// Applies the list `operations` to `target`, all or none.
///
/// # Errors
///
/// Returns an error if an operation cannot be applied, or is none.
pub(crate) fn apply(target: &mut Value, operations: &Value) -> Result<()> {
    let mut patched = target.clone();
    for operation in operations.items() {
        Operation { fields: operation }.apply(&mut patched)?;
    }
    *target = patched;
    Ok(())
}

/// One operation of a patch.
struct Operation<'p> {
    fields: &'p Value,
}

impl Operation<'_> {
    fn apply(&self, document: &mut Value) -> Result<()> {
        match self.text("op")? {
            "add" => self.add(document, self.value()),
            "replace" => self.replace(document),
            "remove" => self.remove(document, "path").map(drop),
            "move" => {
                let value = self.remove(document, "from")?;
                self.add(document, value)
            }
            "copy" => {
                let value = self.get(document, "from")?;
                self.add(document, value)
            }
            "test" => self.test(document),
            other => Err(Failure::Refused(format!(
                "`op` must be add, copy, move, remove, replace or test, not '{}'",
                other.escape_debug()
            ))),
        }
    }

    fn text(&self, key: &str) -> Result<&str> {
        match self.fields.get(key) {
            Some(Value::Scalar(scalar))
                if scalar.is_quoted || plain_type(&scalar.text).is_none() =>
            {
                Ok(&scalar.text)
            }
            _ => Err(Failure::Refused(format!("each operation must have a text `{key}`"))),
        }
    }

    fn value(&self) -> Value {
        self.fields.get("value").cloned().unwrap_or(Value::Null)
    }

    /// The collection that holds what the path at `key` names, and its key there.
    fn parent<'v>(&self, document: &'v mut Value, key: &str) -> Result<(&'v mut Value, String)> {
        let path = self.text(key)?;
        let mut parts = path.split('/').skip(1).map(unescape);
        let mut parent = document;
        let mut last = parts.next().ok_or_else(|| self.missing(key))?;
        for part in parts {
            let child = match parent {
                Value::Sequence(items) => {
                    let index = position(&last, items.len());
                    index.and_then(|index| parent.items_mut()?.get_mut(index))
                }
                _ => parent.get_mut(&last),
            };
            parent = child.ok_or_else(|| self.missing(key))?;
            last = part;
        }
        match parent {
            Value::Mapping(_) | Value::Sequence(_) => Ok((parent, last)),
            _ => Err(self.missing(key)),
        }
    }

    fn missing(&self, key: &str) -> Failure {
        let path = self.text(key).unwrap_or_default().escape_debug();
        Failure::Refused(format!("there is no '{path}'"))
    }

    fn add(&self, document: &mut Value, value: Value) -> Result<()> {
        let (parent, key) = self.parent(document, "path")?;
        let Some(items) = parent.items_mut() else {
            parent.set(&key, value);
            return Ok(());
        };
        let index = match key.as_str() {
            "-" => Some(items.len()),
            _ => position(&key, items.len() + 1),
        };
        items.insert(index.ok_or_else(|| self.missing("path"))?, value);
        Ok(())
    }

    fn replace(&self, document: &mut Value) -> Result<()> {
        let (parent, key) = self.parent(document, "path")?;
        let Some(items) = parent.items_mut() else {
            parent.set(&key, self.value());
            return Ok(());
        };
        let index = position(&key, items.len()).ok_or_else(|| self.missing("path"))?;
        items[index] = self.value();
        Ok(())
    }

    fn remove(&self, document: &mut Value, from: &str) -> Result<Value> {
        let (parent, key) = self.parent(document, from)?;
        let removed = match parent.items_mut() {
            Some(items) => position(&key, items.len()).map(|index| items.remove(index)),
            None => parent.remove(&key),
        };
        removed.ok_or_else(|| self.missing(from))
    }

    /// What the path at `from` names: null if a mapping lacks it.
    fn get(&self, document: &mut Value, from: &str) -> Result<Value> {
        let (parent, key) = self.parent(document, from)?;
        match parent {
            Value::Sequence(items) => position(&key, items.len())
                .map(|index| items[index].clone())
                .ok_or_else(|| self.missing(from)),
            _ => Ok(parent.get(&key).cloned().unwrap_or(Value::Null)),
        }
    }

    fn test(&self, document: &mut Value) -> Result<()> {
        if is_same(&self.get(document, "path")?, &self.value()) {
            return Ok(());
        }
        let path = self.text("path")?.escape_debug();
        Err(Failure::Refused(format!("the test of '{path}' fails")))
    }
}

fn unescape(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}

/// The index that `key` gives in a list of `length` items.
fn position(key: &str, length: usize) -> Option<usize> {
    let index: isize = key.parse().ok()?;
    let index = if index < 0 { length.checked_add_signed(index) } else { index.try_into().ok() };
    index.filter(|index| *index < length)
}

/// Whether two values are one in JSON: the order of keys does not count, nor how a number is written.
fn is_same(first: &Value, second: &Value) -> bool {
    match (first, second) {
        (Value::Null, Value::Null) => true,
        (Value::Scalar(first), Value::Scalar(second)) => {
            let kind = |scalar: &crate::kustomize::Scalar| {
                plain_type(&scalar.text).filter(|_| !scalar.is_quoted)
            };
            let number = |text: &str| text.parse::<f64>().ok();
            kind(first) == kind(second)
                && (first.text == second.text
                    || kind(first) == Some("a number")
                        && number(&first.text).is_some()
                        && number(&first.text) == number(&second.text))
        }
        (Value::Sequence(first), Value::Sequence(second)) => {
            first.len() == second.len()
                && first.iter().zip(&**second).all(|(first, second)| is_same(first, second))
        }
        (Value::Mapping(own), Value::Mapping(other)) => {
            own.len() == other.len()
                && own
                    .iter()
                    .all(|(key, value)| second.get(key).is_some_and(|other| is_same(value, other)))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::read;
    use super::*;

    const TARGET: &str = "{data: {a: '1', n: 5, f: 1.50, a/b: s, t~x: t}, l: [1, 2, 3], nul: null}";

    fn patched(operation: &str) -> Option<Value> {
        let mut target = read(TARGET);
        apply(&mut target, &read(&format!("[{operation}]"))).ok()?;
        Some(target)
    }

    /// The target with one list or one key of `data` changed.
    fn list(items: &str) -> Value {
        let mut target = read(TARGET);
        target.set("l", read(items));
        target
    }

    fn data(key: &str, value: &str) -> Value {
        let mut target = read(TARGET);
        target.get_mut("data").unwrap().set(key, read(value));
        target
    }

    #[test]
    fn lists_are_indexed_from_both_ends() {
        for (operation, items) in [
            ("{op: add, path: /l/-, value: 4}", "[1, 2, 3, 4]"),
            ("{op: add, path: /l/0, value: 4}", "[4, 1, 2, 3]"),
            ("{op: add, path: /l/3, value: 4}", "[1, 2, 3, 4]"),
            ("{op: add, path: /l/-1, value: 4}", "[1, 2, 3, 4]"),
            ("{op: replace, path: /l/-1, value: 4}", "[1, 2, 4]"),
            ("{op: replace, path: /l/01, value: 4}", "[1, 4, 3]"),
            ("{op: remove, path: /l/-1}", "[1, 2]"),
            ("{op: move, from: /l/0, path: /l/-}", "[2, 3, 1]"),
            ("{op: copy, from: /l/0, path: /l/-}", "[1, 2, 3, 1]"),
        ] {
            assert_eq!(patched(operation).unwrap(), list(items), "{operation}");
        }
    }

    #[test]
    fn keys_of_mappings_need_not_exist() {
        for (operation, key, value) in [
            ("{op: replace, path: /data/new, value: x}", "new", "x"),
            ("{op: replace, path: /data/a~1b, value: x}", "a/b", "x"),
            ("{op: replace, path: /data/t~0x, value: x}", "t~x", "x"),
            ("{op: copy, from: /zz, path: /data/new}", "new", "null"),
            ("{op: add, path: /data/new}", "new", "null"),
            ("{op: add, path: /data/, value: x}", "", "x"),
        ] {
            assert_eq!(patched(operation).unwrap(), data(key, value), "{operation}");
        }
        assert_eq!(patched("{op: add, path: nul/x, value: 1}").unwrap().get("x"), Some(&read("1")));
    }

    #[test]
    fn tests_compare_as_json_does() {
        for operation in [
            "{op: test, path: /data/a, value: '1'}",
            "{op: test, path: /data/n, value: 5.0}",
            "{op: test, path: /data/f, value: 1.5}",
            "{op: test, path: /zz, value: null}",
            "{op: test, path: /nul}",
            "{op: test, path: /l, value: [1, 2, 3]}",
        ] {
            assert_eq!(patched(operation), Some(read(TARGET)), "{operation}");
        }
    }

    #[test]
    fn what_the_library_refuses_is_refused() {
        for operation in [
            "{op: test, path: /data/a, value: 1}",
            "{op: test, path: /data, value: {a: '1'}}",
            "{op: test, path: /l, value: [1, 2]}",
            "{op: add, path: /l/4, value: 1}",
            "{op: add, path: /l/x, value: 1}",
            "{op: replace, path: /l/3, value: 1}",
            "{op: replace, path: /l/-, value: 1}",
            "{op: remove, path: /data/zz}",
            "{op: move, from: /data/zz, path: /data/y}",
            "{op: move, from: /data, path: /data/x}",
            "{op: add, path: '', value: 1}",
            "{op: add, path: /nul/a, value: 1}",
            "{op: add, path: /data/a/b, value: 1}",
            "{op: add, path: /zz/a, value: 1}",
            "{op: Add, path: /data/a, value: 1}",
            "{op: add, path: 5, value: 1}",
            "{path: /data/a, value: 1}",
            "x",
        ] {
            assert_eq!(patched(operation), None, "{operation}");
        }
    }

    #[test]
    fn a_patch_that_fails_changes_nothing() {
        let mut target = read(TARGET);
        let operations = read("[{op: remove, path: /l}, {op: remove, path: /l}]");
        assert!(apply(&mut target, &operations).is_err());
        assert_eq!(target, read(TARGET));
    }
}
