//! Sixty-four bytes at a time: which of them are of a class, one bit for each.
//!
//! Lines are short, and a search that begins anew for each of them takes longer to begin than to
//! search.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined is made for the processor that is found"
)]

use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, u8x64};

/// How many bytes a block has.
const BLOCK: usize = 64;

/// How wide a margin can be searched.
pub(super) const MAX_MARGIN: usize = BLOCK;

/// Classes of bytes that are looked for together.
pub(super) trait Classes {
    /// What is told of a block: for each class a mask, in which the lowest bit stands for the first byte.
    type Masks;

    /// Looks at a block, by the instructions that `S` stands for.
    fn masks<S: Simd>(&self, block: u8x64<S>) -> Self::Masks;
}

/// The byte itself.
impl Classes for u8 {
    type Masks = u64;

    #[inline(always)]
    fn masks<S: Simd>(&self, block: u8x64<S>) -> u64 {
        block.simd_eq(*self).to_bitmask()
    }
}

impl<A: Classes, B: Classes> Classes for (A, B) {
    type Masks = (A::Masks, B::Masks);

    #[inline(always)]
    fn masks<S: Simd>(&self, block: u8x64<S>) -> Self::Masks {
        (self.0.masks(block), self.1.masks(block))
    }
}

/// The bytes that begin a character which YAML may not take as it is.
pub(super) struct Rare;

impl Classes for Rare {
    type Masks = u64;

    #[inline(always)]
    fn masks<S: Simd>(&self, block: u8x64<S>) -> u64 {
        let is = |byte: u8| block.simd_eq(byte);
        let is_control = block.simd_lt(0x20) & !(is(b'\n') | is(b'\t'));
        // 0xc2 or 0xe2, which differ by one bit.
        let is_lead = (block & !0x20).simd_eq(0xc2);
        (is_control | is_lead | is(0x7f) | is(0xef)).to_bitmask()
    }
}

/// Gives `look` the masks of the blocks of `bytes` in order, each with its offset, until there is an
/// answer. The last block is filled up with spaces.
pub(super) fn find_map<C: Classes, R>(
    bytes: &[u8],
    classes: &C,
    look: impl FnMut(usize, C::Masks) -> Option<R>,
) -> Option<R> {
    // The processor is asked once in a run.
    dispatch!(Level::new(), simd => find_map_by(simd, bytes, classes, look))
}

#[inline(always)]
fn find_map_by<S: Simd, C: Classes, R>(
    simd: S,
    bytes: &[u8],
    classes: &C,
    mut look: impl FnMut(usize, C::Masks) -> Option<R>,
) -> Option<R> {
    let (blocks, rest) = bytes.as_chunks::<BLOCK>();
    let mut last = [b' '; BLOCK];
    last[..rest.len()].copy_from_slice(rest);
    // One call for all of them, so that `look` is inlined.
    for index in 0..=blocks.len() {
        let block = *blocks.get(index).unwrap_or(&last);
        let found = look(index * BLOCK, classes.masks(block.simd_into(simd)));
        if found.is_some() {
            return found;
        }
    }
    None
}

/// The places of the bits of `mask`, in order.
pub(super) fn bits(mut mask: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = (mask != 0).then(|| mask.trailing_zeros() as usize);
        mask &= mask.wrapping_sub(1);
        bit
    })
}

/// The first byte of `bytes` that is neither a space nor a line end, and is among the first `columns`
/// of its line; `bytes` begins with a line.
///
/// `columns` must not be more than [`MAX_MARGIN`].
pub(super) fn find_in_margin(bytes: &[u8], columns: usize) -> Option<usize> {
    // Whether a line begins with the next block, and how far the last one's margin reaches into it.
    let (mut before, mut rest) = (1, 0);
    find_map(bytes, &(b'\n', b' '), |offset, (ends, spaces)| {
        let starts = ends << 1 | before;
        // The bytes that are the first of a line, the second, and so on.
        let (mut margin, mut width) = (starts, 1);
        while width < columns {
            let step = width.min(columns - width);
            margin |= margin << step;
            width += step;
        }
        let found = (margin | rest) & !(spaces | ends);
        before = ends >> 63;
        rest = (1 << columns.saturating_sub(starts.leading_zeros() as usize + 1)) - 1;
        bits(found).next().map(|bit| offset + bit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_the_margin_is_found() {
        for before in 0..200 {
            let text = format!("{}\n\n  \n    x\n   \n  y\n", "    a\n".repeat(before));
            let start = before * 6;
            assert_eq!(find_in_margin(text.as_bytes(), 2), None, "{before}");
            assert_eq!(find_in_margin(text.as_bytes(), 3), Some(start + 17), "{before}");
            assert_eq!(find_in_margin(text.as_bytes(), 4), Some(start + 17), "{before}");
        }
        assert_eq!(find_in_margin(b"    a", 5), Some(4));
        assert_eq!(find_in_margin(b"a", 1), Some(0));
        assert_eq!(find_in_margin(b"", 1), None);
    }

    #[test]
    fn margins_of_every_width_are_searched_wherever_blocks_begin() {
        let text: String = (0..400)
            .map(|line| " ".repeat(line * 7 % 70) + &"a".repeat(line * 5 % 90) + "\n")
            .collect();
        for columns in 1..=MAX_MARGIN {
            let column = |at: usize| at - text[..at].rfind('\n').map_or(0, |end| end + 1);
            let is_found =
                |at: &usize| !b" \n".contains(&text.as_bytes()[*at]) && column(*at) < columns;
            for start in (0..text.len()).filter(|start| column(*start) == 0) {
                let found = find_in_margin(&text.as_bytes()[start..], columns);
                let expected = (start..text.len()).find(is_found).map(|at| at - start);
                assert_eq!(found, expected, "{columns} from {start}");
            }
        }
    }

    /// Holds what `classes` finds in `bytes`, whatever instructions there are, to what `is_in` says of a byte.
    fn compare(bytes: &[u8], classes: &impl Classes<Masks = u64>, is_in: impl Fn(u8) -> bool) {
        for level in [Level::baseline(), Level::new()] {
            let mut found = Vec::new();
            let mut look = |offset, mask| {
                found.extend(bits(mask).map(|bit| offset + bit));
                None::<()>
            };
            dispatch!(level, simd => find_map_by(simd, bytes, classes, &mut look));
            let expected: Vec<_> = (0..bytes.len()).filter(|at| is_in(bytes[*at])).collect();
            assert_eq!(found, expected, "{level:?} in {bytes:?}");
        }
    }

    #[test]
    fn whatever_instructions_there_are_find_the_same() {
        let text = "a: ü — 1\n  b:\tc\n\n".repeat(20);
        for length in 0..text.len() {
            compare(&text.as_bytes()[..length], &b'\n', |byte| byte == b'\n');
        }
    }

    #[test]
    fn rare_bytes_are_told_from_all_others_wherever_they_stand() {
        let all: Vec<_> = (0..=u8::MAX).collect();
        for start in 0..64 {
            compare(&all[start..], &Rare, |byte| {
                byte < 0x20 && byte != b'\n' && byte != b'\t'
                    || [0x7f, 0xc2, 0xe2, 0xef].contains(&byte)
            });
        }
    }

    #[test]
    fn a_bit_stands_for_each_byte() {
        let text = [b"a".repeat(63), b"bb".to_vec(), b"a".repeat(70), b"b".to_vec()].concat();
        let mut found = Vec::new();
        find_map(&text, &b'b', |offset, mask| {
            found.extend(bits(mask).map(|bit| offset + bit));
            None::<()>
        });
        assert_eq!(found, [63, 64, 135]);
    }
}
