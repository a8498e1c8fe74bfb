//! Windows: what the model reads at once.

use std::ops::Range;

use crate::text::ner::wordpiece::Token;

/// Most tokens that the model reads at once, with the two that frame them. It was trained on no more than twice this,
/// and finds less in longer windows.
const WINDOW_TOKENS_MAX: usize = 256;
/// Tokens that two windows of one text share: more than a name or an address has.
const OVERLAP_TOKENS: usize = 48;
/// Most tokens, padding included, that are computed side by side: more would only fill memory.
const BATCH_TOKENS_MAX: usize = 2048;
/// Starting another run of the model costs as much as computing so many tokens: a batch is padded by no more than that.
const RUN_TOKENS: usize = 16;

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

/// Puts windows of like length together.
pub(super) fn batches(mut windows: Vec<Window>) -> Vec<Vec<Window>> {
    windows.sort_by_key(|window| (window.width(), window.text, window.tokens.start));
    let mut batches: Vec<Vec<Window>> = Vec::new();
    for window in windows {
        let fits = |batch: &Vec<Window>| {
            let own: usize = batch.iter().map(Window::width).sum();
            batch.len() * window.width() - own <= RUN_TOKENS
                && (batch.len() + 1) * window.width() <= BATCH_TOKENS_MAX
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
    fn batches_hold_each_window_once() {
        let windows: Vec<Window> = (1..300).map(|n| Window { text: n, tokens: 0..n % 254 }).collect();
        let batches = batches(windows.clone());
        assert_eq!(batches.iter().map(Vec::len).sum::<usize>(), windows.len());
        assert!(batches.iter().all(|b| b.len() * b.last().unwrap().width() <= BATCH_TOKENS_MAX));
    }

    #[test]
    fn short_texts_share_runs_and_are_hardly_padded() {
        let widths = [1, 1, 1, 2, 2, 3, 3, 3, 3, 5, 5, 8, 8, 8, 9, 11, 12, 12, 19, 25, 25, 88, 140, 143];
        let windows: Vec<Window> =
            widths.iter().enumerate().map(|(text, n)| Window { text, tokens: 0..*n }).collect();
        let cost = |batches: &[Vec<Window>]| -> usize {
            batches.iter().map(|b| b.len() * b.last().unwrap().width() + RUN_TOKENS).sum()
        };
        let alone: Vec<Vec<Window>> = windows.iter().map(|window| vec![window.clone()]).collect();
        let batches = batches(windows);
        assert!(cost(&batches) * 5 < cost(&alone) * 4, "{} of {}", cost(&batches), cost(&alone));
    }
}
