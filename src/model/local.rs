//! What is only for tools and is never applied: a Kptfile, the configs of functions, and what says
//! so of itself.

use std::collections::BTreeSet;

use super::{Annotations, Resource};
use crate::yaml::NodeRef;

const LOCAL_CONFIG: &str = "config.kubernetes.io/local-config";
const FUNCTION: [&str; 2] = ["config.kubernetes.io/function", "config.k8s.io/function"];

/// Whether `resource` says that it is never applied.
pub(super) fn is_local(resource: &Resource<'_>) -> bool {
    let annotations = resource.annotations();
    annotations.get(LOCAL_CONFIG).is_some_and(|local| local.is_true())
        || FUNCTION.iter().any(|key| annotations.get(key).is_some())
}

/// A file of a kpt package: the package's path and the file's path below it.
type File<'d> = (&'d str, String);

/// The files that the Kptfiles among `items` name as configs of functions.
pub(super) fn function_configs(items: NodeRef<'_>) -> BTreeSet<File<'_>> {
    let kptfiles = items.items().filter(|item| text(*item, "kind") == "Kptfile");
    let configs = kptfiles.flat_map(|kptfile| {
        let (package, path) = file(kptfile);
        let folder = path.strip_suffix("Kptfile").unwrap_or_default().to_owned();
        let lists = ["mutators", "validators"].map(|list| kptfile.at(["pipeline", list]));
        let functions = lists.into_iter().flatten().flat_map(NodeRef::items);
        let paths = functions.map(|function| text(function, "configPath"));
        let paths = paths.filter(|path| !path.is_empty());
        paths.map(move |path| (package, format!("{folder}{}", path.trim_start_matches("./"))))
    });
    configs.collect()
}

/// The file that `item` of a `ResourceList` comes from, as its annotations say.
pub(super) fn file(item: NodeRef<'_>) -> File<'_> {
    let annotations = Annotations::of(item.get("metadata"), 0, "");
    let value = |key| annotations.get(key).map_or("", |own| own.value);
    let path = value("internal.config.kubernetes.io/path");
    let path = if path.is_empty() { value("config.kubernetes.io/path") } else { path };
    (value("internal.config.kubernetes.io/package-path"), path.to_owned())
}

fn text<'d>(node: NodeRef<'d>, key: &str) -> &'d str {
    node.get(key).and_then(NodeRef::text).unwrap_or_default()
}
