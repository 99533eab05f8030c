/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEY_COMMANDS_H
#define ONEM2M_KEY_COMMANDS_H

#include "tool.h"

/* Each returns 1, or 0 with *error. */
typedef int command_fn(TOOL *tool, ONEM2M_ERROR *error);

command_fn command_init;   /* command_init.c */
command_fn command_reseal; /* command_init.c */
command_fn command_add;    /* command_add.c */
command_fn command_generate;
command_fn command_derive; /* command_derive.c */
command_fn command_list;   /* command_list.c */
command_fn command_show;
command_fn command_tree;   /* command_tree.c */
command_fn command_update; /* command_change.c */
command_fn command_remove;
command_fn command_revoke; /* command_revoke.c */
command_fn command_purge;  /* command_purge.c */
command_fn command_export; /* command_export.c */
command_fn command_import; /* command_import.c */
command_fn command_verify; /* command_verify.c */
command_fn command_rotate; /* command_rotate.c */
command_fn command_backup; /* command_backup.c */
command_fn command_restore;
command_fn command_config; /* command_config.c */

#endif
