//! `images`: other names and tags of images. No stamp depends on them, unless a replacement or a
//! variable puts them into a config.

use std::sync::Arc;

use super::super::error::BuildError;
use super::super::node::Node;
use super::super::step::Step;
use super::super::value::Value;

/// What becomes of the images of one name.
struct Change {
    name: Arc<str>,
    new_name: Option<Arc<str>>,
    new_tag: Option<Arc<str>>,
    tag_suffix: Option<Arc<str>>,
    digest: Option<Arc<str>>,
}

pub(super) fn apply(step: &mut Step<'_, '_>, list: &Node) -> Result<(), BuildError> {
    for entry in list.items()? {
        entry.only(&["name", "newName", "newTag", "tagSuffix", "digest"])?;
        let text = |key| Ok(entry.text_of(key)?.filter(|text| !text.is_empty()).cloned());
        let change = Change {
            name: text("name")?.unwrap_or_default(),
            new_name: text("newName")?,
            new_tag: text("newTag")?,
            tag_suffix: text("tagSuffix")?,
            digest: text("digest")?,
        };
        for resource in step.layer.resources_mut() {
            if change.concerns(resource.value()) {
                Arc::make_mut(resource).change_content(|value| change.apply(value));
            }
        }
    }
    Ok(())
}

/// Where containers are, in whatever kind.
const CONTAINERS: [&str; 2] = ["containers", "initContainers"];

impl Change {
    /// Whether any container below `value` has an image of that name.
    fn concerns(&self, value: &Value) -> bool {
        let is_own = |container: &Value| {
            let image = container.get("image").and_then(Value::text);
            image.is_some_and(|image| split(image).0 == &*self.name)
        };
        value.items().iter().any(|item| self.concerns(item))
            || value.entries().iter().any(|(key, value)| {
                CONTAINERS.contains(&&**key) && value.items().iter().any(is_own)
                    || self.concerns(value)
            })
    }

    fn apply(&self, value: &mut Value) {
        if !self.concerns(value) {
            return;
        }
        for item in value.items_mut().into_iter().flatten() {
            self.apply(item);
        }
        for (key, value) in value.entries_mut().into_iter().flatten() {
            if CONTAINERS.contains(&&**key) {
                for container in value.items_mut().into_iter().flatten() {
                    self.apply_to_container(container);
                }
            }
            self.apply(value);
        }
    }

    fn apply_to_container(&self, container: &mut Value) {
        let Some(image) = container.get("image").and_then(Value::text) else { return };
        let (name, tag, digest) = split(image);
        if name != &*self.name {
            return;
        }
        let name = self.new_name.as_deref().unwrap_or(name);
        let (tag, digest) = match (&self.new_tag, &self.digest, &self.tag_suffix) {
            (None, None, None) => (tag.to_owned(), digest.to_owned()),
            (None, None, Some(suffix)) => (format!("{tag}{suffix}"), String::new()),
            (tag, digest, _) => {
                let text = |text: &Option<Arc<str>>| text.as_deref().unwrap_or_default().to_owned();
                (text(tag), text(digest))
            }
        };
        let part = |mark, part: &str| match part {
            "" => String::new(),
            part => format!("{mark}{part}"),
        };
        let image = format!("{name}{}{}", part(':', &tag), part('@', &digest));
        container.set("image", Value::string(image));
    }
}

/// The name, the tag and the digest of an image. A port is part of the name.
fn split(image: &str) -> (&str, &str, &str) {
    let (rest, digest) = image.split_once('@').unwrap_or((image, ""));
    let path = rest.find('/').unwrap_or(0);
    match rest[path..].find(':') {
        Some(colon) => (&rest[..path + colon], &rest[path + colon + 1..], digest),
        None => (rest, "", digest),
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn an_image_has_a_name_a_tag_and_a_digest() {
        assert_eq!(split("x"), ("x", "", ""));
        assert_eq!(split("x:1"), ("x", "1", ""));
        assert_eq!(split("host:80/a/x:1@sha256:00"), ("host:80/a/x", "1", "sha256:00"));
        assert_eq!(split("host:80/x@sha256:00"), ("host:80/x", "", "sha256:00"));
    }
}
