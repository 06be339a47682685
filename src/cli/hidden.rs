//! Flags that are taken and that no help, completion, suggestion or manual page shows: they are taken out of the
//! arguments before clap sees them.

use std::ffi::OsString;

/// Whether a flag has a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Value {
    /// `--flag=VALUE` or `--flag`.
    Joined,
    /// The same, or `--flag true`, `--flag false`.
    Optional,
    /// `--flag=VALUE` or `--flag VALUE`.
    Required,
}

const ALWAYS: &str = "always on here";
const BUNDLE: &str = "only the bundle counts";
const LIVE: &str = "about a running controller";

/// The flags of Reloader that have no meaning before the apply, and why.
const INEFFECTIVE: [(&str, Value, &str); 14] = [
    ("--is-Argo-Rollouts", Value::Optional, ALWAYS),
    ("--enable-csi-integration", Value::Joined, ALWAYS),
    ("--reload-strategy", Value::Required, "see `--strategy`"),
    ("--reload-on-create", Value::Optional, BUNDLE),
    ("--reload-on-delete", Value::Optional, BUNDLE),
    ("--sync-after-restart", Value::Joined, LIVE),
    ("--enable-ha", Value::Joined, LIVE),
    ("--webhook-url", Value::Required, LIVE),
    ("--log-format", Value::Required, LIVE),
    ("--log-level", Value::Required, LIVE),
    ("--enable-pprof", Value::Joined, LIVE),
    ("--pprof-addr", Value::Required, LIVE),
    ("--pause-deployment-annotation", Value::Required, LIVE),
    ("--pause-deployment-time-annotation", Value::Required, LIVE),
];

/// What the hidden flags say.
#[derive(Debug, Clone, Default)]
pub(super) struct Hidden {
    /// The flags of Reloader that have no meaning here, and why.
    pub(super) ineffective: Vec<(&'static str, &'static str)>,
    /// Whether the parser reads everything, and the lane for plain text nothing.
    pub(super) slow: bool,
    /// Whether every edit is spoiled, to show that the proof refuses it; not in released programs.
    #[cfg(debug_assertions)]
    pub(super) spoil: bool,
}

impl Hidden {
    /// Takes the hidden flags out of `args`; the others are returned with it.
    pub(super) fn take(args: impl IntoIterator<Item = OsString>) -> (Self, Vec<OsString>) {
        let (mut hidden, mut others) = (Self::default(), Vec::new());
        let mut args = args.into_iter().peekable();
        while let Some(arg) = args.next() {
            let text = arg.to_string_lossy();
            if text == "--" {
                others.push(arg);
                others.extend(args);
                break;
            }
            let (name, value) = text.split_once('=').map_or((&*text, None), |(n, v)| (n, Some(v)));
            let row = INEFFECTIVE.iter().find(|(own, ..)| *own == name);
            let Some((name, kind, why)) = row else {
                if !hidden.switch(&text) {
                    others.push(arg);
                }
                continue;
            };
            hidden.ineffective.push((name, why));
            let is_value = |next: &OsString| match kind {
                Value::Joined => false,
                Value::Optional => next == "true" || next == "false",
                Value::Required => true,
            };
            if value.is_none() {
                args.next_if(is_value);
            }
        }
        (hidden, others)
    }

    /// Turns on what the flag `text` is for, if it is one without a value.
    fn switch(&mut self, text: &str) -> bool {
        match text {
            "--slow" => self.slow = true,
            #[cfg(debug_assertions)]
            "--spoil" => self.spoil = true,
            _ => return false,
        }
        true
    }
}
