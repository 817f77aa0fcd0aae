export const GUEST = 10
export const MAINTAINER = 40
export const OWNER = 50

/** GitLab's guest, planner, reporter, developer, maintainer and owner. */
export const LEVELS = [GUEST, 15, 20, 30, MAINTAINER, OWNER] as const
