//! Reloader's own flags, so that the arguments of a Reloader Deployment can be pasted.

use rollstamp::{IgnoredResources, Options, Selector};

use super::args::{resources, selector};

/// The flags of Reloader 1.4 (`ConfigureReloaderFlags`). Where they decide what is tracked they are
/// options of ours; the others are taken, hidden from help, and named once in a note.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Flags of Reloader, as they are")]
pub(super) struct Reloader {
    /// Track for workloads that say nothing of `auto` what they refer to
    #[arg(long, global = true, num_args = 0..=1, require_equals = true, default_missing_value = "true",
          value_name = "BOOL", hide_possible_values = true)]
    auto_reload_all: Option<bool>,
    /// Track nothing of these kinds: configmaps, secrets
    #[arg(long, global = true, value_name = "KINDS", value_delimiter = ',', value_parser = resources)]
    resources_to_ignore: Option<Vec<IgnoredResources>>,
    /// Track nothing for these kinds of workloads: jobs, cronjobs, deployments, ...
    #[arg(long, global = true, value_name = "KINDS", value_delimiter = ',')]
    ignored_workload_types: Option<Vec<String>>,
    /// Track configs of these namespaces only
    #[arg(long, global = true, value_name = "NAMESPACES", value_delimiter = ',')]
    namespaces: Option<Vec<String>>,
    /// Track no configs of these namespaces
    #[arg(long, global = true, value_name = "NAMESPACES", value_delimiter = ',')]
    namespaces_to_ignore: Option<Vec<String>>,
    /// Track configs of the namespaces whose Namespace in the bundle has such labels
    #[arg(long, global = true, value_name = "SELECTOR", value_parser = selector)]
    namespace_selector: Option<Selector>,
    /// Track configs with such labels
    #[arg(long, global = true, value_name = "SELECTOR", value_parser = selector)]
    resource_label_selector: Option<Selector>,
    /// In the place of `reloader.stakater.com/auto`
    #[arg(long, global = true, value_name = "KEY")]
    auto_annotation: Option<String>,
    /// In the place of `configmap.reloader.stakater.com/auto`
    #[arg(long, global = true, value_name = "KEY")]
    configmap_auto_annotation: Option<String>,
    /// In the place of `secret.reloader.stakater.com/auto`
    #[arg(long, global = true, value_name = "KEY")]
    secret_auto_annotation: Option<String>,
    /// In the place of `configmap.reloader.stakater.com/reload`
    #[arg(long, global = true, value_name = "KEY")]
    configmap_annotation: Option<String>,
    /// In the place of `secret.reloader.stakater.com/reload`
    #[arg(long, global = true, value_name = "KEY")]
    secret_annotation: Option<String>,
    /// In the place of `reloader.stakater.com/search`
    #[arg(long, global = true, value_name = "KEY")]
    auto_search_annotation: Option<String>,
    /// In the place of `reloader.stakater.com/match`
    #[arg(long, global = true, value_name = "KEY")]
    search_match_annotation: Option<String>,
    /// In the place of `reloader.stakater.com/ignore`
    #[arg(long, global = true, value_name = "KEY")]
    ignore_annotation: Option<String>,
    #[command(flatten)]
    ineffective: Ineffective,
}

/// Flags that have no meaning before the apply. Each takes a value, or none and then means yes.
#[derive(Debug, clap::Args)]
struct Ineffective {
    #[arg(long = "is-Argo-Rollouts", global = true, hide = true, num_args = 0..=1, default_missing_value = "true")]
    is_argo_rollouts: Option<String>,
    #[arg(long, global = true, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    enable_csi_integration: Option<String>,
    #[arg(long, global = true, hide = true)]
    reload_strategy: Option<String>,
    #[arg(long, global = true, hide = true, num_args = 0..=1, default_missing_value = "true")]
    reload_on_create: Option<String>,
    #[arg(long, global = true, hide = true, num_args = 0..=1, default_missing_value = "true")]
    reload_on_delete: Option<String>,
    #[arg(long, global = true, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    sync_after_restart: Option<String>,
    #[arg(long, global = true, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    enable_ha: Option<String>,
    #[arg(long, global = true, hide = true)]
    webhook_url: Option<String>,
    #[arg(long, global = true, hide = true)]
    log_format: Option<String>,
    #[arg(long, global = true, hide = true)]
    log_level: Option<String>,
    #[arg(long, global = true, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    enable_pprof: Option<String>,
    #[arg(long, global = true, hide = true)]
    pprof_addr: Option<String>,
    #[arg(long, global = true, hide = true)]
    pause_deployment_annotation: Option<String>,
    #[arg(long, global = true, hide = true)]
    pause_deployment_time_annotation: Option<String>,
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

    /// The flags that are given and have no meaning here, with the reason.
    pub(super) fn ineffective(&self) -> Vec<(&'static str, &'static str)> {
        const ALWAYS: &str = "always on here";
        const LIVE: &str = "about a running controller";
        let Ineffective {
            is_argo_rollouts,
            enable_csi_integration,
            reload_strategy,
            reload_on_create,
            reload_on_delete,
            sync_after_restart,
            enable_ha,
            webhook_url,
            log_format,
            log_level,
            enable_pprof,
            pprof_addr,
            pause_deployment_annotation,
            pause_deployment_time_annotation,
        } = &self.ineffective;
        let flags = [
            (is_argo_rollouts, "--is-Argo-Rollouts", ALWAYS),
            (enable_csi_integration, "--enable-csi-integration", ALWAYS),
            (reload_strategy, "--reload-strategy", "see `--strategy`"),
            (reload_on_create, "--reload-on-create", "what is in the bundle counts"),
            (reload_on_delete, "--reload-on-delete", "what is in the bundle counts"),
            (sync_after_restart, "--sync-after-restart", LIVE),
            (enable_ha, "--enable-ha", LIVE),
            (webhook_url, "--webhook-url", LIVE),
            (log_format, "--log-format", LIVE),
            (log_level, "--log-level", LIVE),
            (enable_pprof, "--enable-pprof", LIVE),
            (pprof_addr, "--pprof-addr", LIVE),
            (pause_deployment_annotation, "--pause-deployment-annotation", LIVE),
            (pause_deployment_time_annotation, "--pause-deployment-time-annotation", LIVE),
        ];
        let given = flags.into_iter().filter(|(value, ..)| value.is_some());
        given.map(|(_, flag, why)| (flag, why)).collect()
    }
}

/// Sets an option that the command line gives.
pub(super) fn set<T: Clone>(option: &mut T, given: Option<&T>) {
    if let Some(value) = given {
        option.clone_from(value);
    }
}
