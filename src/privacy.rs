//! What may be shown of the manifests: everything but the content of Secrets.
//!
//! Whatever shows text of a source asks [`Privacy`]: the lines of findings and errors, and diffs. It
//! decides by the text alone, so that a Secret is a Secret wherever it stands: in a list, in a document
//! that no plan looks at, and in one that cannot be read.

use std::sync::OnceLock;

use memchr::memmem;

use crate::source::{Place, Source};
use crate::yaml::{self, Chunk, Content, Document, LineIndex, NodeRef, Span, TopLevel};

/// What may be shown of the sources of a run, worked out for each source when first asked for.
#[derive(Debug)]
pub(crate) struct Privacy<'a> {
    sources: &'a [Source<'a>],
    private: Vec<OnceLock<Vec<Span>>>,
}

impl<'a> Privacy<'a> {
    /// What may be shown of `sources`.
    pub(crate) fn new(sources: &'a [Source<'a>]) -> Self {
        Self { sources, private: sources.iter().map(|_| OnceLock::new()).collect() }
    }

    /// The line that `place` begins on, which `lines` of its source know, unless some of it is private.
    pub(crate) fn line(&self, place: &Place, lines: &LineIndex<'_>) -> Option<Span> {
        if self.sources[place.source].is_unreadable() {
            return None;
        }
        let line = lines.line(place.start);
        let private = self.private(place.source);
        let next = private.partition_point(|span| span.end <= line.start);
        private.get(next).is_none_or(|span| line.end <= span.start).then_some(line)
    }

    /// The bytes of source number `source` that must not be shown: in order, none of them twice.
    pub(crate) fn private(&self, source: usize) -> &[Span] {
        self.private[source].get_or_init(|| of_source(&self.sources[source]))
    }
}

fn of_source(source: &Source<'_>) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut is_broken = false;
    for chunk in yaml::split(source.text()) {
        is_broken = add_chunk(source, &chunk, is_broken, &mut spans);
    }
    spans.sort_unstable_by_key(|span| span.start);
    spans.dedup_by(|next, last| {
        let is_joined = next.start <= last.end;
        last.end = if is_joined { last.end.max(next.end) } else { last.end };
        is_joined
    });
    spans
}

/// Adds what is private in `chunk`, and returns whether that is all of it, because it cannot be read. If
/// the chunk before it was such a one, `is_rest`, it may be the rest of that.
fn add_chunk(source: &Source<'_>, chunk: &Chunk, is_rest: bool, spans: &mut Vec<Span>) -> bool {
    /// Without any of these no kind can be a Secret's, not even an escaped one or a template's.
    const HINTS: [&str; 7] = ["ecret", "ECRET", "stringData", "\\", "{{", "{%", "${"];
    let body = &source.text()[chunk.body.clone()];
    let is_clear = || yaml::top_level(body, "kind") != TopLevel::Unclear;
    if !is_rest && !HINTS.iter().any(|hint| contains(body, hint)) && is_clear() {
        return false;
    }
    let is_private = match yaml::parse(source.text(), chunk, source.is_fast()) {
        Ok(documents) => {
            for document in &documents {
                add_document(document, spans);
            }
            false
        }
        Err(_) => !is_harmless(body, is_rest),
    };
    if is_private {
        spans.push(chunk.body.clone());
    }
    is_private
}

/// Fields that hold content of Secrets, whatever they are in: those of a patch may come without a kind.
const FIELDS: [&str; 2] = ["stringData", "secretGenerator"];

/// Whether a text that cannot be read surely holds no Secret, nor the rest of one.
fn is_harmless(body: &str, is_rest: bool) -> bool {
    let is_kind_harmless = match yaml::top_level(body, "kind") {
        TopLevel::Absent => !is_rest,
        TopLevel::Word(kind) => {
            !is_secret_kind(kind) && !kind.ends_with("List") && kind != "Template"
        }
        TopLevel::Unclear => false,
    };
    is_kind_harmless && !names_secret(body) && !FIELDS.iter().any(|field| contains(body, field))
}

fn add_document(document: &Document<'_>, spans: &mut Vec<Span>) {
    let before = spans.len();
    // The comments above a Secret may be entries that someone has switched off. A kind that is no text is
    // a template's.
    let kind = document.root().and_then(|root| root.get("kind"));
    if kind.is_some_and(|kind| kind.text().is_none_or(is_secret_kind)) {
        spans.push(document.extent.clone());
    }
    for node in document.nodes() {
        match node.content() {
            Content::Mapping { .. } if is_secret(node) => spans.push(node.span()),
            Content::Mapping { .. } => {
                let is_field =
                    |key: NodeRef<'_>| key.text().is_some_and(|key| FIELDS.contains(&key));
                let fields = node.own_entries().filter(|(key, _)| is_field(*key));
                spans.extend(fields.map(|(_, value)| value.span()));
            }
            // A manifest within the manifest, such as the one that `kubectl apply` keeps.
            Content::Scalar(_) if node.text().is_some_and(is_secret_manifest) => {
                spans.push(node.span());
            }
            Content::Scalar(_) | Content::Sequence { .. } | Content::Alias => {}
        }
    }
    // What an alias in a Secret stands for is content of the Secret.
    if spans.len() > before {
        spans.extend_from_slice(document.aliased_spans());
    }
}

fn is_secret(mapping: NodeRef<'_>) -> bool {
    mapping.get("kind").and_then(NodeRef::text).is_some_and(is_secret_kind)
}

/// Whether objects of `kind` are Secrets or hold what becomes one: `SealedSecret`, `ExternalSecret`,
/// `SopsSecret`, `SecretList`, and whatever else is called so. A SecretProviderClass only says where to look.
fn is_secret_kind(kind: &str) -> bool {
    (contains(kind, "ecret") || contains(kind, "ECRET")) && kind != "SecretProviderClass"
}

fn is_secret_manifest(text: &str) -> bool {
    contains(text, "kind") && names_secret(text)
}

/// Whether a word of `text` may be a Secret's kind: `secretKeyRef` and `imagePullSecrets` are none.
fn names_secret(text: &str) -> bool {
    /// No kind is longer.
    const MAX_LENGTH: usize = 63;
    memmem::find_iter(text.as_bytes(), "ecret").any(|at| {
        let before = text.as_bytes()[..at].iter().rev().take(MAX_LENGTH);
        let first = before.take_while(|byte| byte.is_ascii_alphanumeric()).last();
        first.is_some_and(u8::is_ascii_uppercase)
    })
}

fn contains(text: &str, part: &str) -> bool {
    memmem::find(text.as_bytes(), part.as_bytes()).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every line that holds `SHOWN` may be shown, and none that holds `HIDDEN`.
    fn check(text: &str) {
        let sources = [Source::new("-", text)];
        let privacy = Privacy::new(&sources);
        let lines = LineIndex::new(text);
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let is_shown = privacy.line(&Place { source: 0, start, end: start }, &lines).is_some();
            assert!(is_shown || !line.contains("SHOWN"), "{line:?} is hidden in {text}");
            assert!(!is_shown || !line.contains("HIDDEN"), "{line:?} is shown in {text}");
            start += line.len();
        }
    }

    #[test]
    fn a_secret_is_private_wherever_it_stands() {
        for text in [
            "a: SHOWN\n---\n# HIDDEN\nkind: Secret\ndata: {a: HIDDEN}\n---\na: SHOWN\n",
            "kind: List\nitems:\n- kind: ConfigMap\n  data: SHOWN\n- kind: Secret\n  data: HIDDEN\n",
            "kind: List\nitems: [{kind: Secret, data: {a: b,\n  c: HIDDEN}}, {kind: HIDDEN,\n  a: SHOWN}]\n",
            "kind: \"S\\x65cret\"\ndata: HIDDEN\n",
            "kind: secret\ndata: HIDDEN\n",
            "kind: SealedSecret\nspec: {encryptedData: {a: HIDDEN}}\n",
            "kind: SecretList\nitems:\n- data: HIDDEN\n",
            "kind: Template\nobjects:\n- kind: Pod\n  a: SHOWN\n- kind: Secret\n  data: HIDDEN\n",
            "a: &a\n  b: HIDDEN\nc: SHOWN\nd:\n  kind: Secret\n  data: *a\n",
            "base: &a {kind: Secret}\nd:\n  <<: *a\n  data: HIDDEN\n",
        ] {
            check(text);
        }
    }

    #[test]
    fn fields_and_texts_of_secrets_are_private_without_one() {
        for text in [
            "metadata: SHOWN\nstringData:\n  a: HIDDEN\nb: SHOWN\n",
            "secretGenerator:\n- name: a\n  literals: [a=HIDDEN]\nresources: SHOWN\n",
            "kind: ConfigMap\ndata:\n  a: SHOWN\n  m.yaml: 'kind: Secret, HIDDEN'\n",
        ] {
            check(text);
        }
    }

    #[test]
    fn what_cannot_be_read_is_private_if_it_may_hold_a_secret() {
        for text in [
            "kind: Secret\ndata:\n\ta: HIDDEN\n",
            "kind: Deployment\nimagePullSecrets: SHOWN\nspec: [secretKeyRef\n",
            "kind: List\nitems: [{kind: secret, HIDDEN\n",
            "kind: Template\nobjects: [{kind: \"\\u0053ecret\", HIDDEN\n",
            "kind: {{ .Values.kind }}\ndata: HIDDEN\n",
            "kind: Pod\n  kind: Secret\ndata: HIDDEN\n",
            "kind: Kustomization\nsecretGenerator: [{literals: HIDDEN\n",
        ] {
            check(text);
        }
    }

    #[test]
    fn workloads_may_be_shown_though_they_name_secrets() {
        check("kind: Pod\nspec:\n  imagePullSecrets: SHOWN\n  env: [{secretKeyRef: SHOWN}]\n");
        check("kind: SecretProviderClass\nspec: SHOWN\n");
    }
}
