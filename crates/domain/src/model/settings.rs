use chrono::TimeDelta;

/// How often the settings were changed; whoever has read a later version than is cached reads again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SettingsVersion(pub i64);

/// What an admin may change while the program runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// How often they were changed.
    pub version: SettingsVersion,
    /// The limits of points.
    pub points: PointLimits,
}

/// The limits of points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointLimits {
    /// The most that is given at once, but for a charge.
    pub most_at_once: i64,
    /// The least that is charged at once; a charge is a multiple of it.
    pub charge_step: i64,
    /// The most that is charged at once.
    pub most_charged: i64,
    /// The most that a member may have.
    pub most_balance: i64,
    /// For how long points are good if nothing is said.
    pub lifetime: TimeDelta,
    /// The shortest time for which points are good.
    pub least_lifetime: TimeDelta,
    /// The longest.
    pub most_lifetime: TimeDelta,
}

impl Default for PointLimits {
    fn default() -> Self {
        Self {
            most_at_once: 100_000,
            charge_step: 1_000,
            most_charged: 1_000_000,
            most_balance: 10_000_000,
            lifetime: TimeDelta::days(365),
            least_lifetime: TimeDelta::days(1),
            most_lifetime: TimeDelta::days(1_824),
        }
    }
}
