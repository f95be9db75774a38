-- One row for each key of a durable handler. What follows "stored" is kept for state machines, and empty.
create table if not exists greenroom_row (
  handler varchar(200) not null,
  key_ varchar(200) not null,
  version bigint not null,
  shape integer not null,
  stored text,
  state varchar(200),
  args text,
  status varchar(20),
  since bigint,
  deadline_at bigint,
  node varchar(100),
  error varchar(2000),
  primary key (handler, key_)
);
