//! Money asked back: the turns of the procedure, each with its place.

crate::code_enum! {
    /// Where a clawback stands.
    pub enum ClawbackState {
        Noticed = "noticed" => "Mise en demeure",
        Ordered = "ordered" => "Reversement ordonné",
        Received = "received" => "Reversement reçu",
        Abandoned = "abandoned" => "Abandonné",
    }
}

impl ClawbackState {
    #[must_use]
    pub const fn tone(self) -> &'static str {
        match self {
            Self::Noticed | Self::Ordered => "warning",
            Self::Received => "success",
            Self::Abandoned => "neutral",
        }
    }

    /// Whether something more is expected.
    #[must_use]
    pub const fn is_pending(self) -> bool {
        matches!(self, Self::Noticed | Self::Ordered)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClawbackEvent {
    Order,
    Receive,
    Abandon,
}

impl ClawbackEvent {
    pub const ALL: [Self; 3] = [Self::Order, Self::Receive, Self::Abandon];
}

/// # Errors
/// Why the step has no place there, in French.
pub fn next_clawback(state: ClawbackState, event: ClawbackEvent) -> Result<ClawbackState, &'static str> {
    use ClawbackEvent as E;
    use ClawbackState as S;
    match (state, event) {
        (S::Noticed, E::Order) => Ok(S::Ordered),
        (S::Ordered, E::Receive) => Ok(S::Received),
        (S::Noticed | S::Ordered, E::Abandon) => Ok(S::Abandoned),
        (S::Noticed, E::Receive) => Err("Ordonnez d’abord le reversement."),
        (S::Ordered, E::Order) => Err("Ce reversement est déjà ordonné."),
        (S::Received, _) => Err("Ce reversement est reçu\u{202F}: rien n’y change plus."),
        (S::Abandoned, _) => Err("Ce reversement est abandonné\u{202F}: rien n’y change plus."),
    }
}
