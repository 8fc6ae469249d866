"""Who may do what in the console. What is in no list nobody may."""

from enum import StrEnum


class UserRole(StrEnum):
    """What a user is: an agent acts on tickets, a supervisor on mails too, an admin on all."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class Permission(StrEnum):
    """What a page or a form asks of its user."""

    SIGNED_IN = "signed-in"
    TICKETS = "tickets"
    OVERVIEW = "overview"
    QUEUES = "queues"
    RULES = "rules"
    TEMPLATES_READ = "templates-read"
    TEMPLATES_WRITE = "templates-write"
    USERS = "users"
    AUDIT = "audit"


_AGENT = frozenset({Permission.SIGNED_IN, Permission.TICKETS, Permission.OVERVIEW})
_SUPERVISOR = _AGENT | {Permission.QUEUES, Permission.RULES, Permission.TEMPLATES_READ}

_MAY = {
    UserRole.AGENT: _AGENT,
    UserRole.SUPERVISOR: _SUPERVISOR,
    UserRole.ADMIN: frozenset(Permission),
}


def may(role: UserRole, permission: Permission) -> bool:
    """Say whether a role has a permission."""
    return permission in _MAY[role]
