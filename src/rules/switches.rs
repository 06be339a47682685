//! What a workload's annotations say of one kind of config.

use crate::model::{Annotation, Annotations, ConfigKind, Workload};

/// The annotations of a workload that decide about configs of one kind.
///
/// They are read from the workload's metadata. If none of the first four is there, whatever its
/// value, those four are read from the pod template instead (Reloader's `ShouldReload`).
#[derive(Debug, Default)]
pub(crate) struct Switches<'d> {
    /// `configmap.reloader.stakater.com/reload`, or that of Secrets.
    pub(crate) list: Option<Annotation<'d>>,
    /// `reloader.stakater.com/search`.
    pub(crate) search: Option<Annotation<'d>>,
    /// `reloader.stakater.com/auto`.
    pub(crate) auto: Option<Annotation<'d>>,
    /// `configmap.reloader.stakater.com/auto`, or that of Secrets.
    pub(crate) typed_auto: Option<Annotation<'d>>,
    /// `configmaps.exclude.reloader.stakater.com/reload`, or that of Secrets: only ever read from
    /// the workload's metadata.
    pub(crate) exclude: Option<Annotation<'d>>,
}

impl<'d> Switches<'d> {
    /// Reads what `workload` says of configs of `kind`.
    pub(crate) fn read(workload: &Workload<'d>, kind: ConfigKind) -> Self {
        let own = workload.resource.annotations();
        let switches = Self::read_four(own, kind);
        let switches = if switches.is_present() {
            switches
        } else {
            Self::read_four(workload.template_annotations(), kind)
        };
        Self { exclude: own.get(exclude_key(kind)), ..switches }
    }

    /// Whether the workload says anything of this kind of config, be it no.
    pub(crate) fn is_present(&self) -> bool {
        [&self.list, &self.search, &self.auto, &self.typed_auto].into_iter().any(Option::is_some)
    }

    fn read_four(annotations: Annotations<'d>, kind: ConfigKind) -> Self {
        let (list, typed_auto) = match kind {
            ConfigKind::ConfigMap => {
                ("configmap.reloader.stakater.com/reload", "configmap.reloader.stakater.com/auto")
            }
            ConfigKind::Secret => {
                ("secret.reloader.stakater.com/reload", "secret.reloader.stakater.com/auto")
            }
        };
        Self {
            list: annotations.get(list),
            search: annotations.get("reloader.stakater.com/search"),
            auto: annotations.get("reloader.stakater.com/auto"),
            typed_auto: annotations.get(typed_auto),
            exclude: None,
        }
    }
}

fn exclude_key(kind: ConfigKind) -> &'static str {
    match kind {
        ConfigKind::ConfigMap => "configmaps.exclude.reloader.stakater.com/reload",
        ConfigKind::Secret => "secrets.exclude.reloader.stakater.com/reload",
    }
}
