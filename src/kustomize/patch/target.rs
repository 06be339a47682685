//! What a patch or a replacement selects.

use crate::Selector;
use crate::kustomize::Value;
use crate::rules::pattern::Pattern;

/// A selector of resources. What it does not say, any resource has.
#[derive(Debug, Clone, Default)]
pub(crate) struct Target {
    group: Option<Pattern>,
    version: Option<Pattern>,
    kind: Option<Pattern>,
    name: Option<Pattern>,
    namespace: Option<Pattern>,
    labels: Option<Selector>,
    annotations: Option<Selector>,
}

impl Target {
    /// The selector that `node` is, whose keys are known to be those of one.
    ///
    /// # Errors
    ///
    /// Returns why an expression is none.
    pub(crate) fn read(node: &Value) -> Result<Self, String> {
        let text = |key| node.get(key).and_then(Value::text).filter(|text| !text.is_empty());
        let pattern = |key| text(key).map(|text| whole(key, text)).transpose();
        let selector = |key| text(key).map(|text| selector(key, text)).transpose();
        Ok(Self {
            group: pattern("group")?,
            version: pattern("version")?,
            kind: pattern("kind")?,
            name: pattern("name")?,
            namespace: pattern("namespace")?,
            labels: selector("labelSelector")?,
            annotations: selector("annotationSelector")?,
        })
    }

    /// Whether it selects that kind.
    pub(crate) fn has_kind(&self, group: &str, version: &str, kind: &str) -> bool {
        is_in(self.group.as_ref(), group)
            && is_in(self.version.as_ref(), version)
            && is_in(self.kind.as_ref(), kind)
    }

    /// Whether it selects that name.
    pub(crate) fn has_name(&self, name: &str) -> bool {
        is_in(self.name.as_ref(), name)
    }

    /// Whether it selects that namespace, which is `default` for a resource without one.
    pub(crate) fn has_namespace(&self, namespace: &str) -> bool {
        is_in(self.namespace.as_ref(), namespace)
    }

    /// Whether it selects the labels and annotations of `resource`.
    pub(crate) fn has_metadata(&self, resource: &Value) -> bool {
        let metadata = resource.get("metadata");
        let has = |selector: &Option<Selector>, map: &str| {
            let map = metadata.and_then(|metadata| metadata.get(map));
            let value = |key: &str| map.and_then(|map| map.get(key)).and_then(Value::text);
            selector.as_ref().is_none_or(|selector| selector.matches(value))
        };
        has(&self.labels, "labels") && has(&self.annotations, "annotations")
    }

    /// Whether it says anything of labels or annotations.
    pub(crate) fn says_metadata(&self) -> bool {
        self.labels.is_some() || self.annotations.is_some()
    }

    /// Whether it says anything else.
    pub(crate) fn says_id(&self) -> bool {
        let parts = [&self.group, &self.version, &self.kind, &self.name, &self.namespace];
        parts.into_iter().any(Option::is_some)
    }
}

fn is_in(pattern: Option<&Pattern>, text: &str) -> bool {
    pattern.is_none_or(|pattern| pattern.matches(text))
}

/// The expression `text`, which must match as a whole: its alternatives too.
fn whole(key: &str, text: &str) -> Result<Pattern, String> {
    let is_plain = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let grouped = if is_plain { text.to_owned() } else { format!("(?:{text})") };
    Pattern::compile(&grouped).map_err(|why| format!("`{key}` must be a regular expression: {why}"))
}

/// A label selector of Kubernetes, without what Reloader has besides.
fn selector(key: &str, text: &str) -> Result<Selector, String> {
    let invalid = || format!("`{key}` must be a label selector, such as `app=web,tier in (a,b)`");
    if text.contains([':', '*']) {
        return Err(invalid());
    }
    text.parse().map_err(|_| invalid())
}

#[cfg(test)]
mod tests {
    use super::super::tests::read;
    use super::*;

    fn names(name: &str) -> Option<Vec<&'static str>> {
        let target = Target::read(&read(&format!("{{name: '{name}'}}"))).ok()?;
        let names = ["web", "we", "cfg", "cf", "my-web"];
        Some(names.into_iter().filter(|name| target.has_name(name)).collect())
    }

    #[test]
    fn an_expression_matches_as_a_whole() {
        for (name, selected) in [
            ("", &["web", "we", "cfg", "cf", "my-web"][..]),
            ("we", &["we"]),
            ("we.", &["web"]),
            ("we.|zz", &["web"]),
            ("x|eb", &[]),
            (".*web", &["web", "my-web"]),
            ("my-web", &["my-web"]),
        ] {
            assert_eq!(names(name).unwrap(), selected, "{name}");
        }
        for name in ["(", "[", "*"] {
            assert_eq!(names(name), None, "{name}");
        }
    }

    #[test]
    fn what_is_not_said_is_not_asked() {
        let target =
            Target::read(&read("{kind: Config.*, group: '', namespace: default}")).unwrap();
        assert!(target.has_kind("", "v1", "ConfigMap"));
        assert!(target.has_kind("x.example", "v2", "ConfigSet"));
        assert!(!target.has_kind("", "v1", "Secret"));
        assert!(target.has_namespace("default"));
        assert!(!target.has_namespace("other"));
        assert!(target.has_metadata(&read("{}")));
    }

    #[test]
    fn labels_and_annotations_are_selected_as_kubernetes_selects_labels() {
        let resource = read("{metadata: {labels: {a: b, c: d}, annotations: {x: 'y'}}}");
        for (selector, is_selected) in [
            ("{labelSelector: 'a in (b,c)'}", true),
            ("{labelSelector: 'a=b,!z'}", true),
            ("{labelSelector: '!a'}", false),
            ("{annotationSelector: 'x=y'}", true),
            ("{annotationSelector: 'x notin (y)'}", false),
            ("{labelSelector: 'a', annotationSelector: 'zz'}", false),
        ] {
            let target = Target::read(&read(selector)).unwrap();
            assert_eq!(target.has_metadata(&resource), is_selected, "{selector}");
        }
        for selector in
            ["{labelSelector: 'a:b'}", "{labelSelector: 'a=*'}", "{labelSelector: 'a=b='}"]
        {
            assert!(Target::read(&read(selector)).is_err(), "{selector}");
        }
    }
}
