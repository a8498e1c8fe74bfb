//! Where pixels come from: windows, each by a name of its own pixels.

use x11rb::connection::Connection as _;
use x11rb::protocol::composite::ConnectionExt as _;
use x11rb::protocol::xproto::{ConnectionExt as _, ImageFormat, Pixmap, Window};
use zeroize::Zeroizing;

use crate::SensorError;
use crate::linux::desktop;
use crate::linux::shared::Shared;
use crate::linux::wire::XConnection;

/// Bytes of a pixel as the X server sends it: blue, green, red, unused.
pub(crate) const SENT_BYTES: usize = 4;
/// Rows of a part that are given on at once: what fits into a processor's own memory.
pub(crate) const BAND_ROWS: usize = 32;

/// A part of a window, in its own coordinates.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    pub(crate) x: i16,
    pub(crate) y: i16,
    pub(crate) width: u16,
    pub(crate) height: u16,
}

impl Part {
    /// How many bytes the X server sends for it.
    pub(crate) fn bytes(self) -> usize {
        self.row_bytes() * usize::from(self.height)
    }

    fn row_bytes(self) -> usize {
        usize::from(self.width) * SENT_BYTES
    }

    /// How many bytes of it are given on at once.
    pub(crate) fn band_bytes(self) -> usize {
        (self.row_bytes() * BAND_ROWS).max(1)
    }
}

/// A window's own pixels by a name that stays theirs, also where other windows lie over it, and when it is hidden, moved or
/// sized anew (Composite 0.4, `NameWindowPixmap`).
#[derive(Debug)]
pub(crate) struct Named(Pixmap);

impl Named {
    /// Asks for the name of each of these; none for those that are none. All are asked before the first answer is waited for.
    pub(crate) fn of(
        connection: &XConnection,
        windows: impl Iterator<Item = Option<Window>>,
    ) -> Result<Vec<Option<Self>>, SensorError> {
        let ask = |window: Option<Window>| {
            let Some(window) = window else { return Ok((None, None)) };
            let pixmap: Pixmap = connection.generate_id().map_err(desktop)?;
            let asked = connection.composite_name_window_pixmap(window, pixmap).map_err(desktop)?;
            Ok((Some(Self(pixmap)), Some(asked)))
        };
        let asked = windows.map(ask).collect::<Result<Vec<_>, SensorError>>()?;
        let (named, asked): (Vec<_>, Vec<_>) = asked.into_iter().unzip();
        let all = asked.into_iter().flatten().map(|asked| asked.check().map_err(desktop));
        // Every answer is read; what was named is let go where one is no.
        let failed = all.filter_map(Result::err).collect::<Vec<_>>().pop();
        match failed {
            Some(error) => {
                named.iter().flatten().for_each(|named| named.free(connection));
                Err(error)
            }
            None => Ok(named),
        }
    }

    /// Lets the server forget it. Where the server is gone, so is the name.
    pub(crate) fn free(&self, connection: &XConnection) {
        if let Ok(freed) = connection.free_pixmap(self.0) {
            freed.ignore_error();
        }
    }
}

/// The way to the pixels of one display.
pub(crate) struct Source<'a> {
    pub(crate) connection: &'a XConnection,
    /// None: they come over the socket.
    pub(crate) shared: Option<&'a Shared>,
}

impl Source<'_> {
    /// Reads each of these parts, and gives each on in bands of whole rows: which part it is of, its first row in it, and the pixels.
    ///
    /// As many are asked for at once as the shared memory has room for.
    pub(crate) fn read(
        &self,
        asked: &[(&Named, Part)],
        mut take: impl FnMut(usize, usize, &[u8]),
    ) -> Result<(), SensorError> {
        let mut from = 0;
        while from < asked.len() {
            let rest = asked.get(from..).unwrap_or_default();
            let room = self.shared.map_or(0, |shared| shared.fit(rest.iter().map(|(_, part)| *part)));
            let (batch, one) = (rest.get(..room).unwrap_or_default(), rest.first());
            match (self.shared, one) {
                (Some(shared), _) if room > 0 => self.read_shared(shared, batch, from, &mut take)?,
                (_, Some((named, part))) => self.read_sent(named, *part, from, &mut take)?,
                (_, None) => return Ok(()),
            }
            from += room.max(1);
        }
        Ok(())
    }

    fn read_shared(
        &self,
        shared: &Shared,
        batch: &[(&Named, Part)],
        from: usize,
        take: &mut impl FnMut(usize, usize, &[u8]),
    ) -> Result<(), SensorError> {
        let mut at = 0;
        let ask = |(named, part): &(&Named, Part)| {
            let asked = shared.ask(self.connection, named.0, *part, at);
            let place = at;
            at += part.bytes();
            asked.map(|asked| (place, asked))
        };
        let asked = batch.iter().map(ask).collect::<Result<Vec<_>, _>>().map_err(desktop)?;
        // Every answer is waited for before anything else is asked into the same memory.
        let there = asked
            .into_iter()
            .zip(batch)
            .map(|((place, asked), (_, part))| (place, Shared::came(asked, *part)));
        for (n, (place, came)) in there.collect::<Vec<_>>().into_iter().enumerate() {
            let Some((named, part)) = batch.get(n) else { continue };
            let given = came && shared.bands(place, *part, |row, band| take(from + n, row, band)).is_some();
            if !given {
                self.read_sent(named, *part, from + n, take)?;
            }
        }
        Ok(())
    }

    /// Over the socket the same pixels take thirty times as long.
    fn read_sent(
        &self,
        named: &Named,
        part: Part,
        n: usize,
        take: &mut impl FnMut(usize, usize, &[u8]),
    ) -> Result<(), SensorError> {
        let sent = self.sent(named.0, part)?;
        for (band, row) in sent.chunks(part.band_bytes()).zip((0..).step_by(BAND_ROWS)) {
            take(n, row, band);
        }
        Ok(())
    }

    fn sent(&self, pixmap: Pixmap, part: Part) -> Result<Zeroizing<Vec<u8>>, SensorError> {
        let (x, y, width, height) = (part.x, part.y, part.width, part.height);
        let image = self.connection.get_image(ImageFormat::Z_PIXMAP, pixmap, x, y, width, height, u32::MAX);
        let image = image.map_err(desktop)?.reply().map_err(desktop)?;
        let readable = matches!(image.depth, 24 | 32) && image.data.len() == part.bytes();
        if readable { Ok(Zeroizing::new(image.data)) } else { Err(SensorError::Changed) }
    }
}
