//! `unapplied-document`: a document that only `...` parts from the one before.

use super::{Context, Draft, Found};
use crate::finding::Code;

pub(super) fn find(context: &Context<'_>, found: &mut Found<'_>) {
    for resource in &context.resources.unapplied {
        let message =
            format!("{} is applied by nothing: there is no line `---` before it", resource.id);
        let help =
            "put one there: kubectl and kustomize read only up to the end of the document before";
        let draft = Draft::new(resource.name_place(), message, help).label("is not read");
        found.add(Code::UnappliedDocument, resource, draft);
    }
}
