CREATE TABLE packs (
    id         BINARY(16) NOT NULL PRIMARY KEY,
    name       VARCHAR(255) NOT NULL,
    points     BIGINT NOT NULL,
    price      BIGINT NOT NULL,
    stock      BIGINT,
    hot        BOOLEAN NOT NULL,
    created_at DATETIME(6) NOT NULL,
    version    BIGINT NOT NULL,
    CONSTRAINT packs_stock CHECK (stock >= 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT = DYNAMIC;
