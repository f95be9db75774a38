-- One row for each durable oneway call that waits, first come first in its lane (handler and key). Times are milliseconds
-- since 1970-01-01T00:00Z. Submitting a call inserts a row here and touches nothing else.
create table if not exists greenroom_outbox (
  handler varchar(200) not null,
  key_ varchar(200) not null,
  id bigint not null auto_increment,
  method varchar(200) not null,
  args longtext not null,
  context longtext,
  call_id varchar(36) not null,
  submitted_at bigint not null,
  primary key (handler, key_, id),
  key greenroom_outbox_id (id)
) character set utf8mb4 collate utf8mb4_0900_bin;
-- One row for each lane that a node delivers just now, or that waits for its next attempt, or for its dead letter.
create table if not exists greenroom_lane (
  handler varchar(200) not null,
  key_ varchar(200) not null,
  owner varchar(100),
  until_ bigint not null,
  head bigint not null,
  attempts integer not null,
  primary key (handler, key_),
  index greenroom_lane_until (handler, until_),
  index greenroom_lane_owner (owner)
) character set utf8mb4 collate utf8mb4_0900_bin;
-- One row for each call that was given up.
create table if not exists greenroom_dead_letter (
  call_id varchar(36) not null primary key,
  handler varchar(200) not null,
  key_ varchar(200) not null,
  id bigint not null,
  method varchar(200) not null,
  args longtext not null,
  context longtext,
  submitted_at bigint not null,
  died_at bigint not null,
  attempts integer not null,
  error longtext not null,
  halts boolean not null,
  index greenroom_dead_letter_died (handler, died_at)
) character set utf8mb4 collate utf8mb4_0900_bin;
