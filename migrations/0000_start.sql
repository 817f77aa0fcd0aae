CREATE TABLE `audit` (
	`id` integer PRIMARY KEY NOT NULL,
	`project_id` integer NOT NULL,
	`action` text NOT NULL,
	`subject` text NOT NULL,
	`actor_kind` text NOT NULL,
	`actor_id` integer NOT NULL,
	`actor_name` text NOT NULL,
	`address` text,
	`request_id` text NOT NULL,
	`write_id` text NOT NULL,
	`changes` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `audit_write` ON `audit` (`write_id`);--> statement-breakpoint
CREATE INDEX `audit_project` ON `audit` (`project_id`,`id`,`subject`);--> statement-breakpoint
CREATE TABLE `deliveries` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`event_id` integer NOT NULL,
	`settings_id` integer NOT NULL,
	`state` text NOT NULL,
	`reason` text,
	`due_at` integer,
	`attempts` integer NOT NULL,
	`max_attempts` integer NOT NULL,
	`lease` integer NOT NULL,
	`leased_until` integer NOT NULL,
	`log` text NOT NULL,
	`checkpoint` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`settings_id`) REFERENCES `settings`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `deliveries_event` ON `deliveries` (`settings_id`,`event_id`);--> statement-breakpoint
CREATE INDEX `deliveries_open` ON `deliveries` (`settings_id`) WHERE "deliveries"."due_at" is not null;--> statement-breakpoint
CREATE INDEX `deliveries_failed` ON `deliveries` (`settings_id`,`event_id`) WHERE "deliveries"."state" = 'failed';--> statement-breakpoint
CREATE TABLE `destination_health` (
	`settings_id` integer PRIMARY KEY NOT NULL,
	`version` integer NOT NULL,
	`failures` integer NOT NULL,
	`rejections` integer NOT NULL,
	`since` integer NOT NULL,
	`resume_at` integer NOT NULL,
	`paused_at` integer,
	`last_success_at` integer,
	FOREIGN KEY (`settings_id`) REFERENCES `settings`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `events` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`project_id` integer NOT NULL,
	`key` text NOT NULL,
	`kind` text NOT NULL,
	`body` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`project_id`) REFERENCES `projects`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `events_key` ON `events` (`project_id`,`key`);--> statement-breakpoint
CREATE TABLE `projects` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`name` text COLLATE NOCASE NOT NULL,
	`path` text COLLATE NOCASE NOT NULL,
	`full_path` text COLLATE NOCASE NOT NULL,
	`description` text,
	`default_branch` text NOT NULL,
	`emails_enabled` integer NOT NULL,
	`protected_branches` text NOT NULL,
	`version` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `projects_full_path` ON `projects` (`full_path`);--> statement-breakpoint
CREATE INDEX `projects_path` ON `projects` (`path`);--> statement-breakpoint
CREATE INDEX `projects_name` ON `projects` (`name`);--> statement-breakpoint
CREATE TABLE `retired_projects` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL
);
--> statement-breakpoint
CREATE TABLE `settings` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`project_id` integer NOT NULL,
	`slug` text NOT NULL,
	`version` integer NOT NULL,
	`active` integer NOT NULL,
	`flags` integer NOT NULL,
	`params` text NOT NULL,
	`secrets` text,
	`key_id` text GENERATED ALWAYS AS (substr(secrets, 4, instr(substr(secrets, 4), '.') - 1)) VIRTUAL,
	`secrets_meta` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`project_id`) REFERENCES `projects`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `settings_project_slug` ON `settings` (`project_id`,`slug`);--> statement-breakpoint
CREATE INDEX `settings_active` ON `settings` (`project_id`) WHERE "settings"."active" = 1;--> statement-breakpoint
CREATE INDEX `settings_key` ON `settings` (`key_id`) WHERE "settings"."key_id" is not null;--> statement-breakpoint
CREATE TABLE `tokens` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`project_id` integer NOT NULL,
	`name` text NOT NULL,
	`digest` text NOT NULL,
	`scopes` text NOT NULL,
	`access_level` integer NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`revoked_at` integer,
	`family_id` integer,
	`by_signed_user` integer NOT NULL,
	`last_used_at` integer,
	FOREIGN KEY (`project_id`) REFERENCES `projects`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `tokens_digest` ON `tokens` (`digest`);--> statement-breakpoint
CREATE INDEX `tokens_project` ON `tokens` (`project_id`);--> statement-breakpoint
CREATE INDEX `tokens_live` ON `tokens` (`project_id`,`expires_at`) WHERE "tokens"."revoked_at" is null;