//! Windows: what the model reads at once.

use std::ops::Range;

use crate::text::ner::wordpiece::Token;

/// Most tokens that the model reads at once, with the two that frame them. It was trained on no more than twice this,
/// and finds less in longer windows.
const WINDOW_TOKENS_MAX: usize = 256;
/// Tokens that two windows of one text share: more than a name or an address has.
const OVERLAP_TOKENS: usize = 48;
/// Most tokens that are computed side by side. Starting another run costs as much as computing four or five tokens: more would only fill memory,
/// and be longer without a look at the clock.
const BATCH_TOKENS_MAX: usize = 256;

/// Tokens of one text that are read together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Window {
    /// Which text.
    pub(super) text: usize,
    /// Which of its tokens.
    pub(super) tokens: Range<usize>,
}

impl Window {
    /// Its tokens with the two that frame them.
    pub(super) fn width(&self) -> usize {
        self.tokens.len() + 2
    }
}

/// Cuts the tokens of a text into windows. A window begins with a word, never within one, if it can.
pub(super) fn windows(text: usize, tokens: &[Token]) -> Vec<Window> {
    const TOKENS_MAX: usize = WINDOW_TOKENS_MAX - 2;
    let mut windows = Vec::new();
    let mut start = 0;
    while start < tokens.len() {
        let end = tokens.len().min(start + TOKENS_MAX);
        windows.push(Window { text, tokens: start..end });
        if end == tokens.len() {
            break;
        }
        let mut next = end - OVERLAP_TOKENS;
        while next > start + 1 && tokens.get(next).is_some_and(|token| token.continues) {
            next -= 1;
        }
        start = next;
    }
    windows
}

/// Puts windows together, in their order.
pub(super) fn batches(windows: Vec<Window>) -> Vec<Vec<Window>> {
    let mut batches: Vec<Vec<Window>> = Vec::new();
    for window in windows {
        let fits = |batch: &Vec<Window>| {
            batch.iter().map(Window::width).sum::<usize>() + window.width() <= BATCH_TOKENS_MAX
        };
        match batches.last_mut() {
            Some(batch) if fits(batch) => batch.push(window),
            _ => batches.push(vec![window]),
        }
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(count: usize) -> Vec<Token> {
        (0..count).map(|n| Token { id: 0, range: n..n + 1, continues: n % 7 != 0 }).collect()
    }

    #[test]
    fn windows_cover_every_token_overlap_and_begin_with_words() {
        for count in [0, 1, 254, 255, 1000] {
            let tokens = tokens(count);
            let windows = windows(3, &tokens);
            let mut covered = 0;
            for window in &windows {
                assert!(window.tokens.start <= covered && window.width() <= WINDOW_TOKENS_MAX);
                assert!(!tokens[window.tokens.start].continues);
                covered = window.tokens.end;
            }
            assert_eq!(covered, count);
            assert!(windows.windows(2).all(|w| w[0].tokens.end >= w[1].tokens.start + OVERLAP_TOKENS));
        }
    }

    #[test]
    fn a_word_without_an_end_does_not_stop_the_windows() {
        let endless: Vec<Token> =
            (0..2000).map(|n| Token { id: 0, range: n..n + 1, continues: true }).collect();
        let windows = windows(0, &endless);
        assert_eq!(windows.last().map(|w| w.tokens.end), Some(2000));
        assert!(windows.len() < 2000);
    }

    #[test]
    fn batches_hold_each_window_once_in_order_and_short_ones_together() {
        let windows: Vec<Window> = (1..300).map(|n| Window { text: n, tokens: 0..n % 254 }).collect();
        let batches = batches(windows.clone());
        let width = |batch: &Vec<Window>| batch.iter().map(Window::width).sum::<usize>();
        assert_eq!(batches.concat(), windows);
        assert!(batches.iter().all(|batch| width(batch) <= BATCH_TOKENS_MAX));
        assert!(batches.windows(2).all(|two| width(&two[0]) + two[1][0].width() > BATCH_TOKENS_MAX));
    }
}
