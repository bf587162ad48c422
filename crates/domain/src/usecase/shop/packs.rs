use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::{
    model::{
        ActionKind, By, Datum, NewAction, Pack, PackChange, PackId, PackParts, PackTerms,
        SettingsVersion,
    },
    port::{Ports, SettingsReader, StoreError, UnitOfWork},
    usecase::{
        again::again,
        books::BooksError,
        office::Office,
        receipt::{Receipt, keep},
    },
};

/// Why a pack is not made or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PackRefusal {
    /// There is no such pack.
    #[error("there is no such pack")]
    NoPack,
    /// Points that nobody could be charged for.
    #[error("must be from {step} to {most} in steps of {step}: that is what is charged at once")]
    Points {
        /// What it must be a multiple of.
        step: i64,
        /// The most.
        most: i64,
    },
}

/// What both have in common.
#[derive(Clone)]
struct Shelf {
    office: Office,
    settings: Arc<dyn SettingsReader>,
}

impl Shelf {
    fn new(ports: &Ports) -> Self {
        Self { office: Office::new(ports), settings: Arc::clone(&ports.settings) }
    }

    async fn check(&self, points: i64) -> Result<(), BooksError<PackRefusal>> {
        let settings = self.settings.settings(SettingsVersion::default()).await?;
        let (step, most) = (settings.points.charge_step, settings.points.most_charged);
        if points > 0 && points <= most && points % step == 0 {
            return Ok(());
        }
        Err(BooksError::Refused(PackRefusal::Points { step, most }))
    }
}

/// Puts a pack on sale.
#[derive(Clone)]
pub struct OpenPack {
    shelf: Shelf,
}

impl OpenPack {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { shelf: Shelf::new(ports) }
    }

    /// The pack.
    ///
    /// # Errors
    ///
    /// [`BooksError::Refused`] says why it is not on sale.
    pub async fn run(
        &self,
        by: impl Into<By> + Send,
        terms: PackTerms,
        receipt: Option<Receipt<'_, Pack>>,
    ) -> Result<Pack, BooksError<PackRefusal>> {
        let by = by.into();
        self.shelf.check(terms.points).await?;
        let office = &self.shelf.office;
        let (id, now) = (PackId::from_bits(office.next_id()), office.now());
        let pack = Pack::new(id, terms, now);
        let mut unit = office.begin().await?;
        unit.shop().insert_pack(&pack).await?;
        note(&mut *unit, &by, ActionKind::PackOpened, &pack, now).await?;
        keep(&mut *unit, by.member, receipt.as_ref(), &pack, now).await?;
        unit.commit().await?;
        Ok(pack)
    }
}

/// Changes a pack that is on sale.
#[derive(Clone)]
pub struct ChangePack {
    shelf: Shelf,
}

impl ChangePack {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { shelf: Shelf::new(ports) }
    }

    /// The pack as it now is.
    ///
    /// # Errors
    ///
    /// [`BooksError::Refused`] says why it stays.
    pub async fn run(
        &self,
        by: impl Into<By> + Send,
        (id, change): (PackId, PackChange),
        receipt: Option<Receipt<'_, Pack>>,
    ) -> Result<Pack, BooksError<PackRefusal>> {
        let by = by.into();
        if let Some(points) = change.points {
            self.shelf.check(points).await?;
        }
        again(|| self.once(&by, (id, &change), receipt.as_ref())).await
    }

    async fn once(
        &self,
        by: &By,
        (id, change): (PackId, &PackChange),
        receipt: Option<&Receipt<'_, Pack>>,
    ) -> Result<Pack, BooksError<PackRefusal>> {
        let office = &self.shelf.office;
        let mut unit = office.begin().await?;
        let pack = unit.shop().hold_pack(id).await?;
        let pack = pack.ok_or(BooksError::Refused(PackRefusal::NoPack))?;
        let changed = pack.changed(change.clone());
        unit.shop().update_pack(&changed).await?;
        let (changed, now) = (changed.written(), office.now());
        note(&mut *unit, by, ActionKind::PackChanged, &changed, now).await?;
        keep(&mut *unit, by.member, receipt, &changed, now).await?;
        unit.commit().await?;
        Ok(changed)
    }
}

/// Notes what a pack is from now on.
async fn note(
    unit: &mut dyn UnitOfWork,
    by: &By,
    kind: ActionKind,
    pack: &Pack,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let PackParts { id, terms, .. } = pack.parts();
    let details = [
        ("name", terms.name.as_str().into()),
        ("points", terms.points.into()),
        ("price", terms.price.into()),
    ];
    let mut action = NewAction::new(by, kind, id, now, details);
    if let Some(stock) = terms.stock {
        action.details.insert("stock", Datum::Number(stock));
    }
    unit.actions().note(&action).await
}
