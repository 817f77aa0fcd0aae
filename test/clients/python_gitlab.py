"""Does with python-gitlab, as Debian ships it, what its users do, and prints as JSON what it saw."""

import json
import os
import sys

import gitlab
from gitlab.v4.objects import ProjectIntegrationManager

URL = os.environ["PATCHBAY_URL"]
REQUIRED = json.load(sys.stdin)

OPTIONAL = {
    "active": True,
    "add_pusher": True,
    "api_url": "https://api.example.com",
    "api_version": "v2",
    "branches_to_be_notified": "all",
    "color": "green",
    "colorize_messages": True,
    "comment_on_event_enabled": False,
    "default_irc_uri": "irc://irc.example.net:6697/",
    "description": "Where the bugs are",
    "device": "phone",
    "disable_diffs": True,
    "enable_ssl_verification": False,
    "jira_issue_transition_id": "2,3",
    "notify": True,
    "notify_only_broken_builds": True,
    "notify_only_broken_pipelines": True,
    "notify_only_default_branch": False,
    "password": "correct horse",
    "restrict_to_branch": "main",
    "room": "lobby",
    "send_from_committer_email": True,
    "server": "https://server.example.com",
    "server_host": "irker.example.com",
    "server_port": 6660,
    "sound": "pianobar",
    "static_context": False,
    "subdomain": "acme",
    "title": "Bugs",
    "username": "patchbay",
}


def optional(name):
    if name.endswith("_events"):
        return False
    return "#builds" if name.endswith("_channel") or name == "channel" else OPTIONAL[name]


def failure(call):
    try:
        call()
    except gitlab.exceptions.GitlabError as error:
        return {"class": type(error).__name__, "status": error.response_code, "text": str(error.error_message)}


def use(manager):
    """One service through its whole life, in the two ways that the library has of saving."""
    seen = {"set": manager.update("slack", {"webhook": "https://hooks.example.com/1", "channel": "#one"})}
    seen["listed"] = [service.slug for service in manager.list()]
    service = manager.get("slack")
    seen["read"] = service.attributes.copy()
    service.channel = "#two"
    service.save()
    seen["edited"] = manager.get("slack").attributes
    service.delete()
    seen["deleted"] = failure(lambda: manager.get("slack"))
    return seen


def set_all(manager):
    """Every service of the library's own table, with every attribute that the table has."""
    for slug, (needed, others) in ProjectIntegrationManager._service_attrs.items():
        sent = {name: REQUIRED[slug][name] for name in needed} | {name: optional(name) for name in others}
        response = {}
        failed = failure(lambda: response.update(manager.update(slug, sent)))
        yield slug, {"sent": sent, "response": response, "failed": failed}


def main():
    instance = gitlab.Gitlab(URL, private_token=os.environ["PATCHBAY_TOKEN"])
    instance.auth()
    project = instance.projects.create({"name": "Python", "path": "python", "namespace_path": "clients"})
    token = project.access_tokens.create({"name": "python", "scopes": ["api"], "access_level": 40})

    session = gitlab.Gitlab(URL, private_token=token.token)
    own = session.projects.get("clients/python")
    stranger = gitlab.Gitlab(URL, private_token="wrong").projects.get(project.id, lazy=True)
    unknown = session.projects.get(999999, lazy=True)

    seen = {
        "version": session.version(),
        "integrations": use(own.integrations),
        "services": use(own.services),
        "badToken": failure(lambda: stranger.integrations.list()),
        "unknownProject": failure(lambda: unknown.integrations.get("slack")),
        "missingParameter": failure(lambda: own.integrations.update("slack", {})),
        "all": dict(set_all(own.integrations)),
        "listed": [service.slug for service in own.integrations.list()],
    }
    json.dump(seen, sys.stdout)


main()
