-- What nobody asks for any more is found by when its owner was let in.
CREATE INDEX queue_tickets_active ON queue_tickets (active_at);
