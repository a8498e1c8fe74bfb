//! Randomness as an argument: rooms have no ambient source of it.

/// A source of random bytes. The binary passes the operating system's; tests pass a counter.
pub trait Entropy {
    /// Fills `bytes` with random bytes, or ends the program: nothing may go on with predictable keys.
    fn fill(&mut self, bytes: &mut [u8]);

    /// Makes one array of random bytes.
    fn bytes_32(&mut self) -> [u8; 32] {
        let mut bytes = [0; 32];
        self.fill(&mut bytes);
        bytes
    }
}

impl<F: FnMut(&mut [u8])> Entropy for F {
    fn fill(&mut self, bytes: &mut [u8]) {
        self(bytes);
    }
}
