//! Reloader's own flags, so that the arguments of a Reloader Deployment can be pasted.

use rollstamp::{IgnoredResources, Options, Selector};

use super::args::{resources, selector};

/// The flags of Reloader 1.4 (`ConfigureReloaderFlags`). Where they decide what is tracked they are
/// options of ours; the others are taken, hidden from help, and named once in a note.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Flags of Reloader, as they are")]
pub(super) struct Reloader {
    /// Treat workloads without an `auto` annotation as `auto: "true"`
    #[arg(long, global = true, hide_short_help = true, num_args = 0..=1, require_equals = true, default_missing_value = "true",
          value_name = "BOOL", hide_possible_values = true)]
    auto_reload_all: Option<bool>,
    /// Do not track these kinds of configs: configmaps, secrets
    #[arg(long, global = true, hide_short_help = true, value_name = "KINDS", value_delimiter = ',', value_parser = resources)]
    resources_to_ignore: Option<Vec<IgnoredResources>>,
    /// Do not stamp these kinds of workloads: jobs, cronjobs, deployments, ...
    #[arg(
        long,
        global = true,
        hide_short_help = true,
        value_name = "KINDS",
        value_delimiter = ','
    )]
    ignored_workload_types: Option<Vec<String>>,
    /// Track only configs in these namespaces
    #[arg(
        long,
        global = true,
        hide_short_help = true,
        value_name = "NAMESPACES",
        value_delimiter = ','
    )]
    namespaces: Option<Vec<String>>,
    /// Do not track configs in these namespaces
    #[arg(
        long,
        global = true,
        hide_short_help = true,
        value_name = "NAMESPACES",
        value_delimiter = ','
    )]
    namespaces_to_ignore: Option<Vec<String>>,
    /// Track only configs in namespaces whose Namespace in the bundle has these labels
    #[arg(long, global = true, hide_short_help = true, value_name = "SELECTOR", value_parser = selector)]
    namespace_selector: Option<Selector>,
    /// Track only configs with these labels
    #[arg(long, global = true, hide_short_help = true, value_name = "SELECTOR", value_parser = selector)]
    resource_label_selector: Option<Selector>,
    /// Annotation to use instead of `reloader.stakater.com/auto`
    #[arg(long, global = true, hide_short_help = true, value_name = "KEY")]
    auto_annotation: Option<String>,
    /// Annotation to use instead of `configmap.reloader.stakater.com/auto`
    #[arg(long, global = true, hide_short_help = true, value_name = "KEY")]
    configmap_auto_annotation: Option<String>,
    /// Annotation to use instead of `secret.reloader.stakater.com/auto`
    #[arg(long, global = true, hide_short_help = true, value_name = "KEY")]
    secret_auto_annotation: Option<String>,
    /// Annotation to use instead of `configmap.reloader.stakater.com/reload`
    #[arg(long, global = true, hide_short_help = true, value_name = "KEY")]
    configmap_annotation: Option<String>,
    /// Annotation to use instead of `secret.reloader.stakater.com/reload`
    #[arg(long, global = true, hide_short_help = true, value_name = "KEY")]
    secret_annotation: Option<String>,
    /// Annotation to use instead of `reloader.stakater.com/search`
    #[arg(long, global = true, hide_short_help = true, value_name = "KEY")]
    auto_search_annotation: Option<String>,
    /// Annotation to use instead of `reloader.stakater.com/match`
    #[arg(long, global = true, hide_short_help = true, value_name = "KEY")]
    search_match_annotation: Option<String>,
    /// Annotation to use instead of `reloader.stakater.com/ignore`
    #[arg(long, global = true, hide_short_help = true, value_name = "KEY")]
    ignore_annotation: Option<String>,
}

impl Reloader {
    /// Sets what the flags say.
    pub(super) fn apply(&self, options: &mut Options) {
        set(&mut options.auto_reload_all, self.auto_reload_all.as_ref());
        set(&mut options.resources_to_ignore, self.resources_to_ignore.as_ref());
        set(&mut options.ignored_workload_types, self.ignored_workload_types.as_ref());
        set(&mut options.namespaces, self.namespaces.as_ref());
        set(&mut options.namespaces_to_ignore, self.namespaces_to_ignore.as_ref());
        set(&mut options.namespace_selector, self.namespace_selector.as_ref());
        set(&mut options.resource_label_selector, self.resource_label_selector.as_ref());
        let names = &mut options.annotations;
        set(&mut names.auto, self.auto_annotation.as_ref());
        set(&mut names.configmap_auto, self.configmap_auto_annotation.as_ref());
        set(&mut names.secret_auto, self.secret_auto_annotation.as_ref());
        set(&mut names.configmap, self.configmap_annotation.as_ref());
        set(&mut names.secret, self.secret_annotation.as_ref());
        set(&mut names.search, self.auto_search_annotation.as_ref());
        set(&mut names.r#match, self.search_match_annotation.as_ref());
        set(&mut names.ignore, self.ignore_annotation.as_ref());
    }
}

/// Sets an option that the command line gives.
pub(super) fn set<T: Clone>(option: &mut T, given: Option<&T>) {
    if let Some(value) = given {
        option.clone_from(value);
    }
}
