//! A label selector, as `kubectl get -l` takes it.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A label selector: requirements that must all hold.
///
/// The syntax is that of Kubernetes (`labels.Parse` of apimachinery), and Reloader's older spellings
/// `key:value`, `key:*` and `key=*`.
///
/// ```
/// use rollstamp::Selector;
///
/// let selector: Selector = "tier in (web, api),!legacy".parse()?;
/// assert!(selector.matches(|key| (key == "tier").then_some("web")));
/// assert!(!selector.matches(|key| (key == "legacy").then_some("")));
/// # Ok::<(), String>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Selector {
    text: String,
    requirements: Vec<Requirement>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Requirement {
    key: String,
    operator: Operator,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Operator {
    Exists,
    DoesNotExist,
    In(Vec<String>),
    NotIn(Vec<String>),
    GreaterThan(i64),
    LessThan(i64),
}

impl Selector {
    /// Whether nothing is required.
    pub fn is_empty(&self) -> bool {
        self.requirements.is_empty()
    }

    /// Whether an object matches, whose labels `label` knows by their keys.
    pub fn matches<'l>(&self, label: impl Fn(&str) -> Option<&'l str>) -> bool {
        self.requirements.iter().all(|requirement| requirement.holds(label(&requirement.key)))
    }
}

impl Requirement {
    fn holds(&self, value: Option<&str>) -> bool {
        let number = || value.and_then(|value| value.parse::<i64>().ok());
        match &self.operator {
            Operator::Exists => value.is_some(),
            Operator::DoesNotExist => value.is_none(),
            Operator::In(values) => {
                value.is_some_and(|value| values.iter().any(|own| own == value))
            }
            Operator::NotIn(values) => {
                value.is_none_or(|value| values.iter().all(|own| own != value))
            }
            Operator::GreaterThan(bound) => number().is_some_and(|number| number > *bound),
            Operator::LessThan(bound) => number().is_some_and(|number| number < *bound),
        }
    }
}

impl FromStr for Selector {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let renewed: Vec<_> = text.split(',').map(renew).collect();
        let mut requirements = Vec::new();
        for part in split_outside_parentheses(&renewed.join(",")) {
            if !part.trim().is_empty() {
                requirements.push(requirement(part.trim())?);
            }
        }
        Ok(Self { text: text.to_owned(), requirements })
    }
}

impl TryFrom<String> for Selector {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Selector> for String {
    fn from(selector: Selector) -> Self {
        selector.text
    }
}

/// Rewrites Reloader's older spellings.
fn renew(part: &str) -> String {
    let colon = part.split_once(':').map(|(key, value)| format!("{key}={value}"));
    let part = colon.unwrap_or_else(|| part.to_owned());
    part.strip_suffix("=*").map_or(part.clone(), str::to_owned)
}

fn split_outside_parentheses(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0;
    text.split(move |c| {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        c == ',' && depth <= 0
    })
}

fn requirement(text: &str) -> Result<Requirement, String> {
    let invalid =
        || format!("'{text}' must be a label requirement, such as `key=value` or `key in (a, b)`");
    if let Some(key) = text.strip_prefix('!') {
        return Requirement::new(key, Operator::DoesNotExist).ok_or_else(invalid);
    }
    let end = text.find(|c: char| c.is_whitespace() || "=!<>(".contains(c)).unwrap_or(text.len());
    let (key, rest) = text.split_at(end);
    let rest = rest.trim();
    let set = |rest: &str| {
        let inside = rest.trim_start().strip_prefix('(')?.strip_suffix(')')?;
        Some(inside.split(',').map(|value| value.trim().to_owned()).collect())
    };
    let single = |value: &str| vec![value.trim().to_owned()];
    let operator = if rest.is_empty() {
        Some(Operator::Exists)
    } else if let Some(value) = rest.strip_prefix("==").or_else(|| rest.strip_prefix('=')) {
        Some(Operator::In(single(value)))
    } else if let Some(value) = rest.strip_prefix("!=") {
        Some(Operator::NotIn(single(value)))
    } else if let Some(value) = rest.strip_prefix('>') {
        value.trim().parse().ok().map(Operator::GreaterThan)
    } else if let Some(value) = rest.strip_prefix('<') {
        value.trim().parse().ok().map(Operator::LessThan)
    } else if let Some(values) = rest.strip_prefix("notin") {
        set(values).map(Operator::NotIn)
    } else {
        rest.strip_prefix("in").and_then(set).map(Operator::In)
    };
    operator.and_then(|operator| Requirement::new(key, operator)).ok_or_else(invalid)
}

impl Requirement {
    /// A requirement, if its key and values can be those of labels.
    fn new(key: &str, operator: Operator) -> Option<Self> {
        let is_value = |value: &String| {
            let is_inner = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
            value.len() <= 63 && value.chars().all(is_inner)
        };
        let are_values = match &operator {
            Operator::In(values) | Operator::NotIn(values) => values.iter().all(is_value),
            _ => true,
        };
        let key = key.trim().to_owned();
        (are_values && crate::options::is_qualified_name(&key)).then_some(Self { key, operator })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(selector: &str) -> bool {
        let labels = [("env", "test"), ("tier", "web"), ("weight", "10"), ("empty", "")];
        let label = |key: &str| labels.iter().find(|label| label.0 == key).map(|label| label.1);
        selector.parse::<Selector>().expect(selector).matches(label)
    }

    #[test]
    fn every_operator_of_kubernetes_is_understood() {
        for selector in [
            "",
            "env",
            "!legacy",
            "env=test",
            "env==test",
            "env != prod",
            "legacy!=x",
            "env in (prod, test)",
            "legacy notin (a)",
            "env notin (a,b)",
            "weight>9",
            "weight < 11",
            "empty=",
            "env=test,tier=web",
            "env in (prod,test), tier",
        ] {
            assert!(matches(selector), "{selector}");
        }
        for selector in [
            "legacy",
            "!env",
            "env=prod",
            "env!=test",
            "env in (a)",
            "env notin (test)",
            "weight>10",
            "env=test,x",
        ] {
            assert!(!matches(selector), "{selector}");
        }
    }

    #[test]
    fn older_spellings_of_reloader_are_understood() {
        assert!(matches("env:test"));
        assert!(!matches("env:prod"));
        assert!(matches("env:*,tier=*"));
        assert!(!matches("legacy:*"));
    }

    #[test]
    fn what_is_no_selector_is_refused() {
        for selector in
            ["env=a b", "=x", "env in a", "env in (a", "weight>x", "a/b/c", "env=é", "env in", "-a"]
        {
            assert!(selector.parse::<Selector>().is_err(), "{selector}");
        }
    }
}
