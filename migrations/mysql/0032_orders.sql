-- due_at is when somebody should look after an order if nobody does by then.
CREATE TABLE orders (
    id         BINARY(16) NOT NULL PRIMARY KEY,
    member_id  BINARY(16) NOT NULL,
    pack_id    BINARY(16) NOT NULL,
    quantity   BIGINT NOT NULL,
    points     BIGINT NOT NULL,
    total      BIGINT NOT NULL,
    discount   BIGINT NOT NULL,
    coupon_id  BINARY(16),
    reserved   BIGINT NOT NULL,
    state      VARCHAR(16) COLLATE utf8mb4_bin NOT NULL,
    changed_at DATETIME(6),
    payment    VARCHAR(255) COLLATE utf8mb4_bin,
    lot_id     BINARY(16),
    ending     VARCHAR(16) COLLATE utf8mb4_bin,
    attempted  BOOLEAN NOT NULL,
    created_at DATETIME(6) NOT NULL,
    expires_at DATETIME(6) NOT NULL,
    due_at     DATETIME(6),
    version    BIGINT NOT NULL,
    CONSTRAINT orders_amount CHECK (discount BETWEEN 0 AND total),
    CONSTRAINT orders_state
        CHECK (state IN ('pending', 'paying', 'paid', 'closing', 'expired', 'canceled')),
    CONSTRAINT orders_ending CHECK (ending IN ('expired', 'canceled')),
    CONSTRAINT orders_paid CHECK ((state = 'paid') = (payment IS NOT NULL AND lot_id IS NOT NULL)),
    INDEX orders_member (member_id, id),
    INDEX orders_due (state, due_at, id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT = DYNAMIC;
