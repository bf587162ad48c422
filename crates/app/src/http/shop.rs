use std::sync::Arc;

use axum::{Json, extract::State, response::Response};
use castad_domain::{
    model::{
        Answer, CouponId, OfferName, Order, OrderId, OrderState, OutOfBounds, Pack, PackChange,
        PackId, PackTerms,
    },
    usecase::{CancelOrder, ChangePack, OpenPack, PayOrder, PlaceOrder, PlacedOrder, WantedPacks},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    App,
    access::{Admin, Who},
    asked::Asked,
    books::{flag, whole},
    docs::{Changed, ChangedOne, Found, Listed, PageParams, Paid, Placed, Undone},
    params::{Id, NoParams, Params},
    problem::Problem,
    shown::{listed, text},
    views::{ListBody, time},
};

/// A new pack of points.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "bodies are read field by field; this describes them")]
pub(super) struct NewPack {
    /// What it is called.
    #[schema(max_length = 80, example = "만 포인트")]
    name: String,
    /// How many points are in it, in steps of a thousand.
    #[schema(minimum = 1, maximum = 1_000_000_000, example = 10_000)]
    points: i64,
    /// What it costs, in won.
    #[schema(minimum = 1, maximum = 100_000_000, example = 9_900)]
    price: i64,
    /// How many there are; as many as are wanted if nothing is said.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    stock: Option<i64>,
    /// Whether many are expected to want it at once.
    hot: Option<bool>,
}

/// What changes of a pack; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[schema(as = PackChange)]
#[expect(dead_code, reason = "bodies are read field by field; this describes them")]
pub(super) struct PackChangeBody {
    /// Another name.
    #[schema(max_length = 80)]
    name: Option<String>,
    /// Another number of points.
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    points: Option<i64>,
    /// Another price.
    #[schema(minimum = 1, maximum = 100_000_000)]
    price: Option<i64>,
    /// Another number of packs; `null` for as many as are wanted.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    stock: Option<i64>,
    /// Whether many are expected to want it at once.
    hot: Option<bool>,
}

/// A pack of points.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Pack)]
pub(super) struct PackBody {
    id: String,
    name: String,
    points: i64,
    /// What it costs, in won.
    price: i64,
    /// How many are left; `null` where there are as many as are wanted.
    stock: Option<i64>,
    hot: bool,
    created_at: String,
}

impl From<&Pack> for PackBody {
    fn from(pack: &Pack) -> Self {
        let (parts, terms) = (pack.parts(), &pack.parts().terms);
        Self {
            id: parts.id.to_string(),
            name: terms.name.as_str().to_owned(),
            points: terms.points,
            price: terms.price,
            stock: terms.stock,
            hot: terms.hot,
            created_at: time(parts.created_at),
        }
    }
}

/// What is ordered.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "bodies are read field by field; this describes them")]
pub(super) struct NewOrder {
    /// Which pack.
    pack_id: String,
    /// How many; one if nothing is said.
    #[schema(minimum = 1, maximum = 10)]
    quantity: Option<i64>,
    /// A coupon to use.
    coupon_id: Option<String>,
}

/// An order of packs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Order)]
pub(super) struct OrderBody {
    id: String,
    /// `pending`, `paying`, `paid`, `closing`, `expired` or `canceled`.
    status: &'static str,
    pack_id: String,
    quantity: i64,
    /// How many points it buys.
    points: i64,
    /// What it comes to before the discount, in won.
    total: i64,
    /// What the coupon takes off.
    discount: i64,
    /// What is to be paid.
    amount: i64,
    coupon_id: Option<String>,
    created_at: String,
    /// Until when it may be paid.
    expires_at: String,
    paid_at: Option<String>,
}

impl From<&Order> for OrderBody {
    fn from(order: &Order) -> Self {
        let parts = order.parts();
        let paid_at = match &parts.state {
            OrderState::Paid { at, .. } => Some(time(*at)),
            OrderState::Pending
            | OrderState::Paying { .. }
            | OrderState::Closing { .. }
            | OrderState::Expired { .. }
            | OrderState::Canceled { .. } => None,
        };
        Self {
            id: parts.id.to_string(),
            status: parts.state.name(),
            pack_id: parts.pack.to_string(),
            quantity: parts.quantity,
            points: parts.points,
            total: parts.total,
            discount: parts.discount,
            amount: order.amount(),
            coupon_id: parts.coupon.map(|id| id.to_string()),
            created_at: time(parts.created_at),
            expires_at: time(parts.expires_at),
            paid_at,
        }
    }
}

fn pack_answer(status: u16) -> impl Fn(&Pack) -> Answer {
    move |pack| Answer { status, location: None, body: text(&PackBody::from(pack)) }
}

fn order_answer(status: u16, order: &Order) -> Answer {
    let location = Some(format!("/v1/orders/{}", order.parts().id));
    Answer { status, location, body: text(&OrderBody::from(order)) }
}

/// Put a pack on sale (admins).
#[utoipa::path(
    post, path = "/v1/packs", operation_id = "open_pack",
    tag = "shop", request_body = NewPack,
    responses((status = 201, body = PackBody), Changed)
)]
pub(super) async fn open_pack(
    State(app): State<Arc<App>>,
    _: Admin,
    asked: Asked,
) -> Result<Response, Problem> {
    let mut form = asked.form()?;
    let name = form.required("name", OfferName::parse);
    let points = form.required_value("points", whole(PackTerms::points));
    let price = form.required_value("price", whole(PackTerms::price));
    let stock = form.value("stock", whole(PackTerms::stock));
    let hot = form.value("hot", flag).unwrap_or(false);
    form.finish()?;
    let (Some(name), Some(points), Some(price)) = (name, points, price) else {
        return Err(Problem::invalid(Vec::new()));
    };
    let terms = PackTerms { name, points, price, stock, hot };
    let (by, answer) = (asked.by(), pack_answer(201));
    let order = OpenPack::new(&app.ports);
    asked.carry_out(&app, &answer, |receipt| order.run(by, terms, receipt)).await
}

/// Change a pack (admins); what was ordered before stays as it was ordered.
#[utoipa::path(
    patch, path = "/v1/packs/{id}", operation_id = "change_pack",
    tag = "shop", params(("id" = String, Path)),
    request_body = PackChangeBody,
    responses((status = 200, body = PackBody), ChangedOne)
)]
pub(super) async fn change_pack(
    State(app): State<Arc<App>>,
    _: Admin,
    Id(id): Id<PackId>,
    asked: Asked,
) -> Result<Response, Problem> {
    let mut form = asked.form()?;
    let clears = form.has("stock");
    let stock = form.value("stock", whole(PackTerms::stock));
    let change = PackChange {
        name: form.optional("name", OfferName::parse),
        points: form.value("points", whole(PackTerms::points)),
        price: form.value("price", whole(PackTerms::price)),
        stock: clears.then_some(stock),
        hot: form.value("hot", flag),
    };
    form.finish()?;
    let (by, answer) = (asked.by(), pack_answer(200));
    let order = ChangePack::new(&app.ports);
    asked.carry_out(&app, &answer, |receipt| order.run(by, (id, change), receipt)).await
}

/// Packs of points, newest first.
#[utoipa::path(
    get, path = "/v1/packs", operation_id = "list_packs",
    tag = "shop", params(PageParams),
    responses((status = 200, body = ListBody<PackBody>), Listed)
)]
pub(super) async fn packs(
    State(app): State<Arc<App>>,
    _: Who,
    params: Params,
) -> Result<Json<ListBody<PackBody>>, Problem> {
    let page = params.page(PackId::to_bits)?;
    let rows = app.ports.shop.packs(page).await?;
    Ok(listed(&rows, page, |pack| pack.parts().id.to_string()))
}

/// Order packs: they are kept for ten minutes, until the order is paid.
#[utoipa::path(
    post, path = "/v1/orders", operation_id = "place_order",
    tag = "shop", request_body = NewOrder,
    responses((status = 201, body = OrderBody, headers(("Location" = String))), Placed)
)]
pub(super) async fn place(State(app): State<Arc<App>>, asked: Asked) -> Result<Response, Problem> {
    let mut form = asked.form()?;
    let pack = form.required("pack_id", str::parse::<PackId>);
    let quantity = form.value("quantity", whole(Ok::<i64, OutOfBounds>));
    let coupon = form.optional("coupon_id", str::parse::<CouponId>);
    form.finish()?;
    let Some(pack) = pack else { return Err(Problem::invalid(Vec::new())) };
    let wanted = WantedPacks { pack, quantity: quantity.unwrap_or(1), coupon };
    let member = asked.caller.member;
    let answer = |placed: &PlacedOrder| order_answer(201, &placed.order);
    let order = PlaceOrder::new(&app.ports);
    asked.carry_out(&app, &answer, |receipt| order.run(member, wanted, receipt)).await
}

/// Your orders, newest first.
#[utoipa::path(
    get, path = "/v1/orders", operation_id = "list_orders",
    tag = "shop", params(PageParams),
    responses((status = 200, body = ListBody<OrderBody>), Listed)
)]
pub(super) async fn orders(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    params: Params,
) -> Result<Json<ListBody<OrderBody>>, Problem> {
    let page = params.page(OrderId::to_bits)?;
    let rows = app.ports.shop.orders(caller.member, page).await?;
    Ok(listed(&rows, page, |order| order.parts().id.to_string()))
}

/// One order.
#[utoipa::path(
    get, path = "/v1/orders/{id}", operation_id = "show_order",
    tag = "shop", params(("id" = String, Path)),
    responses((status = 200, body = OrderBody), Found)
)]
pub(super) async fn show(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    Id(id): Id<OrderId>,
    _: NoParams,
) -> Result<Json<OrderBody>, Problem> {
    let order = app.ports.shop.order_of(caller.member, id).await?;
    Ok(Json(OrderBody::from(&order.ok_or_else(Problem::not_found)?)))
}

/// Pay for an order; its points are there with the answer. After a payment that was declined, or of
/// which nobody heard, ask again: nothing is paid twice.
#[utoipa::path(
    post, path = "/v1/orders/{id}/pay", operation_id = "pay_order",
    tag = "shop", params(("id" = String, Path)),
    responses((status = 200, body = OrderBody, headers(("Location" = String))), Paid)
)]
pub(super) async fn pay(
    State(app): State<Arc<App>>,
    Id(id): Id<OrderId>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.no_body()?;
    let member = asked.caller.member;
    let answer = |order: &Order| order_answer(200, order);
    let order = PayOrder::new(&app.ports);
    asked.carry_out(&app, &answer, |receipt| order.run(member, id, receipt)).await
}

/// Cancel an order: one that waits for its payment, or within an hour after it while its points are
/// untouched and no coupon was used.
#[utoipa::path(
    post, path = "/v1/orders/{id}/cancel", operation_id = "cancel_order",
    tag = "shop", params(("id" = String, Path)),
    responses((status = 200, body = OrderBody, headers(("Location" = String))), Undone)
)]
pub(super) async fn cancel(
    State(app): State<Arc<App>>,
    Id(id): Id<OrderId>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.no_body()?;
    let member = asked.caller.member;
    let answer = |order: &Order| order_answer(200, order);
    let order = CancelOrder::new(&app.ports);
    asked.carry_out(&app, &answer, |receipt| order.run(member, id, receipt)).await
}
