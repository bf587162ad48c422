use chrono::{DateTime, Utc};

use super::{books::BooksError, points::till::Cashier};
use crate::{
    model::{PointsRefusal, Prices, Production},
    port::{Ports, UnitOfWork},
};

/// Takes what a change of a production costs its owner, and gives back what came to nothing, in the
/// unit of the change: neither is ever without the other.
///
/// The account is held before the production is written.
#[derive(Clone)]
pub(super) struct Biller {
    cashier: Cashier,
    prices: Prices,
}

impl Biller {
    pub(super) fn new(ports: &Ports) -> Self {
        Self { cashier: Cashier::new(ports), prices: ports.prices }
    }

    /// How many points came back.
    pub(super) async fn settle(
        &self,
        unit: &mut dyn UnitOfWork,
        production: &Production,
        now: DateTime<Utc>,
    ) -> Result<i64, BooksError<PointsRefusal>> {
        let (changes, member) = (production.changes(), production.project().member());
        let begun = changes.begun.filter(|stage| self.prices.of(*stage) > 0);
        if let Some((stage, bill)) = begun.and_then(|stage| Some((stage, production.bill(stage)?)))
        {
            let price = self.prices.of(stage).into();
            self.cashier.till(unit, now).spend(member, &bill, price).await?;
        }
        match changes.fruitless.and_then(|stage| production.bill(stage)) {
            Some(bill) => self.cashier.till(unit, now).give_back(member, &bill).await,
            None => Ok(0),
        }
    }
}
