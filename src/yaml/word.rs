//! Numbers for texts, so that two keys are most often told apart without a look at either.
//!
//! Those that are asked for most often have numbers of their own. Which they are is a matter of speed alone.

/// The number of a text: the same for the same text, and mostly another for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word(u16);

/// The texts that share their number with no other: their place in this list.
#[rustfmt::skip]
const WORDS: [&str; 37] = [
    "", "<<",
    "apiVersion", "kind", "metadata", "name", "namespace", "annotations", "labels",
    "data", "binaryData", "stringData", "sops",
    "spec", "template", "jobTemplate", "workloadRef", "containers", "initContainers",
    "env", "envFrom", "valueFrom", "configMapRef", "secretRef", "configMapKeyRef", "secretKeyRef", "key", "optional",
    "volumes", "volumeMounts", "configMap", "secret", "secretName", "projected", "sources", "csi", "items",
];

/// The number of the only word that may be the text, by the text's [`slot`].
const NUMBERS: [u8; SLOTS] = {
    let mut numbers = [0; SLOTS];
    let mut number: u8 = 1;
    while (number as usize) < WORDS.len() {
        let slot = slot(WORDS[number as usize].as_bytes());
        assert!(numbers[slot] == 0, "no two words may have one slot: choose other factors");
        numbers[slot] = number;
        number += 1;
    }
    numbers
};

const SLOTS: usize = 128;

const fn slot(text: &[u8]) -> usize {
    match text {
        [] => 0,
        [only] => (1 + *only as usize * 11) % SLOTS,
        [first, .., last] => (text.len() + *first as usize * 5 + *last as usize * 6) % SLOTS,
    }
}

/// A number above all of [`WORDS`] and below [`Word::UNCLEAR`].
fn mark(text: &[u8]) -> u16 {
    // Of keys that are alike, such as `key_1` and `key_12`, the ends and the length differ most.
    let ends = match (text.first_chunk(), text.last_chunk()) {
        (Some(first), Some(last)) => {
            u64::from(u16::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last))
        }
        _ => text.iter().fold(0, |all, byte| all << 8 | u64::from(*byte)),
    };
    // The golden ratio spreads them.
    let spread = (ends ^ (text.len() as u64) << 48).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let [.., low, high] = spread.to_le_bytes();
    u16::from_le_bytes([low, high | 0x80]).min(Word::UNCLEAR.0 - 1)
}

impl Word {
    /// The number has not been worked out, or there is no text.
    pub(super) const UNCLEAR: Self = Self(u16::MAX);

    /// The number of `text`.
    #[inline]
    pub(super) fn of(text: &[u8]) -> Self {
        let number = NUMBERS[slot(text)];
        let is_it = WORDS[usize::from(number)].as_bytes() == text;
        Self(if is_it { u16::from(number) } else { mark(text) })
    }

    /// Whether one text alone has the number.
    pub(super) fn is_of_one(self) -> bool {
        usize::from(self.0) < WORDS.len()
    }

    /// Whether texts with these numbers may be the same.
    pub(super) fn may_be(self, other: Self) -> bool {
        self == other || self == Self::UNCLEAR || other == Self::UNCLEAR
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_word_has_a_number_of_its_own() {
        for (number, word) in WORDS.iter().enumerate() {
            assert_eq!(usize::from(Word::of(word.as_bytes()).0), number, "{word}");
            for other in [format!("{word}s"), word.to_uppercase() + ".", format!("x{word}")] {
                let other = Word::of(other.as_bytes());
                assert!(!other.is_of_one() && other != Word::UNCLEAR, "{word}");
            }
        }
    }

    #[test]
    fn texts_that_are_alike_rarely_have_one_number() {
        let texts = (0..1000).map(|number| format!("key_{number}"));
        let numbers: BTreeSet<_> = texts.map(|text| Word::of(text.as_bytes()).0).collect();
        assert!(numbers.len() > 900, "{}", numbers.len());
    }
}
