//! Points: what comes in, what goes out, and what is kept of it.

mod bodies;

use std::sync::Arc;

use axum::{Json, extract::State, response::Response};
pub(super) use bodies::EntryBody;
use bodies::{
    AccumulationBody, BalanceBody, CanceledAccumulationBody, ExpiredBody, GivenBackBody,
    NewAccumulation, NewCancellation, NewTransfer, NewUsage, ReconciledBody, ReconciliationBody,
    TransferBody, UsageBody, WhoseBooks,
};
use castad_domain::{
    model::{
        Answer, Cancellation, Credit, GivenBack, Lot, LotId, LotKind, MemberId, OrderNumber,
        PointsRefusal, Reason, Reconciled, Transfer, Usage, UsageId,
    },
    port::HistoryPage,
    usecase::{
        Accumulate, BooksError, CancelAccumulation, CancelUsage, ExpireLots, KeepAnswer,
        ReconcileAll, ReconcilePoints, TransferOrder, TransferPoints, UsePoints,
    },
};
use chrono::TimeDelta;
use serde::Serialize;

use super::{
    App,
    access::{Admin, Who},
    asked::Asked,
    books::whole,
    docs::{
        Changed, ChangedOne, GaveBack, Given, HandedOver, Listed, PageParams, Spent, TakenBack,
    },
    form::Form,
    params::{Id, NoParams, Params},
    problem::Problem,
    shown::{cut, text},
    views::ListBody,
};

/// What is told as lost soon.
const SOON: TimeDelta = TimeDelta::days(30);

fn told<T, B: Serialize>(status: u16, body: impl Fn(&T) -> B) -> impl Fn(&T) -> Answer {
    move |value| Answer { status, location: None, body: text(&body(value)) }
}

/// Kinds that are given; points that come back are of a kind that comes of itself.
fn kind(word: &str) -> Result<LotKind, &'static str> {
    let kind = LotKind::from_name(word).ok().filter(|kind| *kind != LotKind::Reissue);
    kind.ok_or("must be one of charge, bonus, manual")
}

/// The bounds that stand in the settings are told by who reads those.
fn amount(form: &mut Form) -> i64 {
    let some = |amount| if amount > 0 { Ok(amount) } else { Err("must be 1 or more") };
    form.required_value("amount", whole(some)).unwrap_or_default()
}

/// Give a member points.
#[utoipa::path(
    post, path = "/v1/points/accumulations", operation_id = "accumulate_points",
    tag = "points", request_body = NewAccumulation,
    responses((status = 201, body = AccumulationBody), Given)
)]
pub(super) async fn accumulate(
    State(app): State<Arc<App>>,
    _: Admin,
    asked: Asked,
) -> Result<Response, Problem> {
    let mut form = asked.form()?;
    let member = form.required("member_id", str::parse::<MemberId>);
    let kind = form.required("kind", kind);
    let amount = amount(&mut form);
    let days = form.number("expires_in_days");
    form.finish()?;
    let (Some(member), Some(kind)) = (member, kind) else {
        return Err(Problem::invalid(Vec::new()));
    };
    // More days than there are is refused with the bounds, like any that are too many.
    let days = days.map(|days| i64::try_from(days).unwrap_or(i64::MAX));
    let lifetime = days.map(|days| TimeDelta::try_days(days).unwrap_or(TimeDelta::MAX));
    let credit = Credit { kind, amount, lifetime, source: None };
    let by = asked.by();
    let answer = told(201, |lot: &Lot| AccumulationBody::from(lot));
    let order = Accumulate::new(&app.ports);
    asked.carry_out(&app, &answer, |receipt| order.run(by, member, credit, receipt)).await
}

/// Take points back that were given, as long as none of them is spent.
#[utoipa::path(
    post, path = "/v1/points/accumulations/{key}/cancel", operation_id = "cancel_accumulation",
    tag = "points",
    params(("key" = String, Path)),
    responses((status = 200, body = CanceledAccumulationBody), TakenBack)
)]
pub(super) async fn cancel_accumulation(
    State(app): State<Arc<App>>,
    _: Admin,
    Id(lot): Id<LotId>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.no_body()?;
    let by = asked.by();
    let answer = told(200, |lot: &Lot| CanceledAccumulationBody::from(lot));
    let order = CancelAccumulation::new(&app.ports);
    asked.carry_out(&app, &answer, |receipt| order.run(by, lot, receipt)).await
}

/// Spend points on an order.
#[utoipa::path(
    post, path = "/v1/points/usages", operation_id = "use_points",
    tag = "points", request_body = NewUsage,
    responses((status = 201, body = UsageBody), Spent)
)]
pub(super) async fn spend(State(app): State<Arc<App>>, asked: Asked) -> Result<Response, Problem> {
    let mut form = asked.form()?;
    let order = form.required("order_number", OrderNumber::parse);
    let amount = amount(&mut form);
    form.finish()?;
    let Some(order) = order else { return Err(Problem::invalid(Vec::new())) };
    let member = asked.caller.member;
    let answer = told(201, |usage: &Usage| UsageBody::from(usage));
    let spending = UsePoints::new(&app.ports);
    let spend = |receipt| async { spending.run(member, &order, amount, receipt).await };
    asked.carry_out(&app, &answer, spend).await
}

/// Give back points that were spent: so many, or all that did not come back yet.
#[utoipa::path(
    post, path = "/v1/points/usages/{key}/cancel", operation_id = "cancel_usage",
    tag = "points", request_body = NewCancellation,
    params(("key" = String, Path)),
    responses((status = 200, body = GivenBackBody), GaveBack)
)]
pub(super) async fn cancel_usage(
    State(app): State<Arc<App>>,
    Id(usage): Id<UsageId>,
    asked: Asked,
) -> Result<Response, Problem> {
    let mut form = asked.form()?;
    let amount = form.number("amount").map(|amount| i64::try_from(amount).unwrap_or(i64::MAX));
    let reason = form.optional("reason", Reason::parse);
    form.finish()?;
    let wanted = Cancellation { amount, reason };
    let member = asked.caller.member;
    let answer = told(200, |back: &GivenBack| GivenBackBody::from(back));
    let order = CancelUsage::new(&app.ports);
    asked.carry_out(&app, &answer, |receipt| order.run(member, usage, &wanted, receipt)).await
}

/// What you can spend, and what of it is lost within 30 days.
#[utoipa::path(
    get, path = "/v1/points/balance", operation_id = "show_balance",
    tag = "points",
    responses((status = 200, body = BalanceBody), Listed)
)]
pub(super) async fn balance(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    _: NoParams,
) -> Result<Json<BalanceBody>, Problem> {
    let (points, now) = (&app.ports.points, app.ports.clock.now());
    let balance = points.balance(caller.member, now, now + SOON).await?;
    let totals = points.totals(caller.member).await?.unwrap_or_default();
    Ok(Json(BalanceBody::new(&balance, totals)))
}

/// What became of your points, newest first.
#[utoipa::path(
    get, path = "/v1/points/history", operation_id = "list_point_history",
    tag = "points",
    params(PageParams, ("order_number" = Option<String>, Query, description = "of one order only")),
    responses((status = 200, body = ListBody<EntryBody>), Listed)
)]
pub(super) async fn history(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    mut params: Params,
) -> Result<Json<ListBody<EntryBody>>, Problem> {
    let limit = params.sought();
    let after = params.take("after", str::parse);
    let order = params.take("order_number", OrderNumber::parse);
    params.finish()?;
    let page = HistoryPage { limit, after, order };
    let entries = app.ports.points.history(caller.member, page).await?;
    let (entries, more) = cut(&entries, limit);
    let next = entries.last().filter(|_| more).map(|entry| entry.id.to_string());
    Ok(Json(ListBody { items: entries.iter().map(EntryBody::from).collect(), next }))
}

/// Hand points over from one member to another.
#[utoipa::path(
    post, path = "/v1/points/transfers", operation_id = "transfer_points",
    tag = "points", request_body = NewTransfer,
    responses((status = 201, body = TransferBody), HandedOver)
)]
pub(super) async fn transfer(
    State(app): State<Arc<App>>,
    _: Admin,
    asked: Asked,
) -> Result<Response, Problem> {
    let mut form = asked.form()?;
    let from = form.required("from_member_id", str::parse::<MemberId>);
    let to = form.required("to_member_id", str::parse::<MemberId>);
    let amount = amount(&mut form);
    form.finish()?;
    let (Some(from), Some(to)) = (from, to) else {
        return Err(Problem::invalid(Vec::new()));
    };
    let order = TransferOrder { by: asked.by(), from, to, amount };
    let answer = told(201, |transfer: &Transfer| TransferBody::from(transfer));
    let handing = TransferPoints::new(&app.ports);
    asked.carry_out(&app, &answer, |receipt| handing.run(order, receipt)).await
}

/// Write off points that are past their time.
#[utoipa::path(
    post, path = "/v1/admin/expirations", operation_id = "expire_points",
    tag = "admin",
    responses((status = 200, body = ExpiredBody), Changed)
)]
pub(super) async fn expire(
    State(app): State<Arc<App>>,
    _: Admin,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.no_body()?;
    let by = asked.by();
    let answer = told(200, |expired: &i64| ExpiredBody { expired: *expired });
    let (order, keep) = (ExpireLots::new(&app.ports), KeepAnswer::new(&app.ports));
    let order = |receipt| async move {
        let expired = order.run(Some(&by)).await?;
        keep.run::<_, PointsRefusal>(by.member, receipt, &expired).await?;
        Ok::<_, BooksError<PointsRefusal>>(expired)
    };
    asked.carry_out(&app, &answer, order).await
}

/// Compare what is kept of members' points with what was written down, and put it right.
#[utoipa::path(
    post, path = "/v1/admin/reconciliation", operation_id = "reconcile_points",
    tag = "admin", request_body = WhoseBooks,
    responses((status = 200, body = ReconciliationBody), ChangedOne)
)]
pub(super) async fn reconcile(
    State(app): State<Arc<App>>,
    _: Admin,
    asked: Asked,
) -> Result<Response, Problem> {
    let mut form = asked.form()?;
    let member = form.optional("member_id", str::parse::<MemberId>);
    form.finish()?;
    let by = asked.by();
    let answer = told(200, |found: &Vec<(MemberId, Reconciled)>| ReconciliationBody {
        items: found.iter().copied().map(ReconciledBody::from).collect(),
    });
    let (one, all) = (ReconcilePoints::new(&app.ports), ReconcileAll::new(&app.ports));
    let keep = KeepAnswer::new(&app.ports);
    let order = |receipt| async move {
        let found = match member {
            Some(member) => vec![(member, one.run(Some(&by), member).await?)],
            None => all.run(Some(&by)).await?,
        };
        keep.run::<_, PointsRefusal>(by.member, receipt, &found).await?;
        Ok::<_, BooksError<PointsRefusal>>(found)
    };
    asked.carry_out(&app, &answer, order).await
}
