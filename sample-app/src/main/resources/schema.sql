create table if not exists guest_book (
	id bigint generated always as identity primary key,
	guest varchar(40) not null,
	text varchar(200) not null
);
