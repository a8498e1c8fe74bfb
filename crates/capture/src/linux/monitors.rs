//! The monitors of an X screen, as the `RandR` extension tells them, and how much larger applications draw.

use candor_model::Rect;
use x11rb::protocol::randr::{ConnectionExt as _, MonitorInfo};
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _};

use crate::linux::desktop;
use crate::linux::x11::X11Sensor;
use crate::{Monitor, SensorError};

/// Dots per inch that count as 100 %.
const DPI: u32 = 96;
/// Longest list of resources that is read, in bytes.
const RESOURCES_BYTES_MAX: u32 = 65_536;
/// Longest name of a monitor in bytes.
const NAME_BYTES_MAX: usize = 256;
/// Least and most that is believed, in percent.
const SCALE_PERCENT: std::ops::RangeInclusive<u32> = 25..=1_000;

impl X11Sensor {
    /// Every monitor that shows a part of the screen.
    pub(super) fn shown_monitors(&self) -> Result<Vec<Monitor>, SensorError> {
        let asked = self.connection.randr_get_monitors(self.root, true).map_err(desktop)?;
        let told = asked.reply().map_err(desktop)?.monitors;
        let scale_percent = self.scale_percent()?;
        told.iter().map(|monitor| self.monitor(monitor, scale_percent)).collect()
    }

    fn monitor(&self, told: &MonitorInfo, scale_percent: u32) -> Result<Monitor, SensorError> {
        let name = self.connection.get_atom_name(told.name).map_err(desktop)?.reply().map_err(desktop)?.name;
        let name = name.get(..NAME_BYTES_MAX.min(name.len())).unwrap_or_default();
        let bounds =
            Rect { x: told.x.into(), y: told.y.into(), width: told.width.into(), height: told.height.into() };
        let name = String::from_utf8_lossy(name).into_owned();
        Ok(Monitor { screen: self.screen.name.clone(), name, bounds, scale_percent })
    }

    /// What `Xft.dpi` says, which toolkits draw by; it is one figure for all monitors. 100 where nobody says anything.
    fn scale_percent(&self) -> Result<u32, SensorError> {
        let (resources, string) = (AtomEnum::RESOURCE_MANAGER, AtomEnum::STRING);
        let asked =
            self.connection.get_property(false, self.root, resources, string, 0, RESOURCES_BYTES_MAX / 4);
        let told = asked.map_err(desktop)?.reply().map_err(desktop)?.value;
        Ok(percent(&String::from_utf8_lossy(&told)).unwrap_or(100))
    }
}

fn percent(resources: &str) -> Option<u32> {
    let named = |line: &str| Some(line.strip_prefix("Xft.dpi:")?.trim().to_owned());
    let dpi: u32 = resources.lines().find_map(named)?.parse().ok()?;
    dpi.checked_mul(100)
        .map(|hundredfold| hundredfold / DPI)
        .filter(|percent| SCALE_PERCENT.contains(percent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_per_inch_are_told_in_percent_if_they_can_be_believed() {
        for (resources, expected) in [
            ("Xft.antialias:\t1\nXft.dpi:\t192\n", Some(200)),
            ("Xft.dpi: 144", Some(150)),
            ("*customization:\t-color\n", None),
            ("Xft.dpi:\tmany\n", None),
            ("Xft.dpi:\t4294967295\n", None),
            ("Xft.dpi:\t0\n", None),
        ] {
            assert_eq!(percent(resources), expected, "{resources}");
        }
    }
}
