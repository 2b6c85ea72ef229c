#include "app/audit_log.hpp"

#include <date/date.h>
#include <pwd.h>
#include <unistd.h>

#include <optional>
#include <type_traits>
#include <utility>

#include "api/json_object.hpp"
#include "app/failure.hpp"

namespace callboard {
namespace {

/// What belongs to an act: its name, and its own members of a line.
struct Name {
    const char* operator()(const act::ListenBegin&) const { return "listen.begin"; }
    const char* operator()(const act::ListenEnd&) const { return "listen.end"; }
    const char* operator()(const act::HistoryRead&) const { return "history.read"; }
    const char* operator()(const act::HistoryExport&) const { return "history.export"; }
    const char* operator()(const act::ContactsRead&) const { return "contacts.read"; }
    const char* operator()(const act::ContactsImport&) const { return "contacts.import"; }
    const char* operator()(const act::ContactsExport&) const { return "contacts.export"; }
    const char* operator()(const act::ContactsClear&) const { return "contacts.clear"; }
    const char* operator()(const act::TokenCreate&) const { return "token.create"; }
    const char* operator()(const act::TokenRead&) const { return "token.read"; }
    const char* operator()(const act::TokenDelete&) const { return "token.delete"; }
    const char* operator()(const act::TokenList&) const { return "token.list"; }
    const char* operator()(const act::Erase&) const { return "erase"; }
    const char* operator()(const act::Backup&) const { return "backup"; }
};

struct Members {
    JsonObject& line;
    std::string& out;

    void asked(const act::Asked& all) {
        line.begin("asked");
        JsonObject object(out);
        for (const auto& [name, value] : all) object.text(name, value);
    }
    void operator()(const act::ListenBegin& act) {
        line.text("transport", act.transport).truth("masked", act.masked);
    }
    void operator()(const act::ListenEnd& act) {
        line.text("transport", act.transport).truth("masked", act.masked);
        line.seconds("seconds", act.lasted).number("events", act.events);
    }
    void operator()(const act::HistoryRead& act) {
        line.text("what", act.what).truth("masked", act.masked);
        asked(act.asked);
        line.number("rows", act.rows);
    }
    void operator()(const act::HistoryExport& act) {
        line.text("form", act.form).truth("masked", act.masked);
        asked(act.asked);
        line.number("rows", act.rows).truth("whole", act.whole);
    }
    void operator()(const act::ContactsRead& act) {
        asked(act.asked);
        line.number("rows", act.rows);
    }
    void operator()(const act::ContactsImport& act) {
        line.number("imported", act.imported).number("refused", act.refused);
    }
    void operator()(const act::ContactsExport& act) { line.number("rows", act.rows); }
    void operator()(const act::ContactsClear& act) { line.number("rows", act.rows); }
    void operator()(const act::TokenCreate& act) {
        line.text("token", act.token).truth("masked", act.masked);
    }
    void operator()(const act::TokenRead& act) { line.text("token", act.token).truth("masked", act.masked); }
    void operator()(const act::TokenDelete& act) { line.text("token", act.token); }
    void operator()(const act::TokenList& act) {
        line.number("tokens", act.tokens).truth("revealed", act.revealed);
    }
    void operator()(const act::Erase& act) {
        line.text("number", act.number).number("events", act.events).number("calls", act.calls);
        line.number("deliveries", act.deliveries).number("contacts", act.contacts);
    }
    void operator()(const act::Backup& act) { line.text("to", act.to); }
};

std::optional<std::string> given(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

/// By name, as far as the machine knows one.
std::string unix_user() {
    const passwd* const user = ::getpwuid(::getuid());
    return user != nullptr ? user->pw_name : std::to_string(::getuid());
}

constexpr const char* kName = "the audit log";

}  // namespace

std::string audit_line(const Actor& actor, const Act& act, Time now) {
    std::string out;
    {
        JsonObject line(out);
        line.text("time", date::format("%FT%T", std::chrono::floor<std::chrono::milliseconds>(now)) + 'Z')
            .text("act", std::visit(Name{}, act))
            .text("peer", actor.peer)
            .text("who", actor.who)
            .text_or_null("account", given(actor.account))
            .text_or_null("place", given(actor.place));
        std::visit(Members{line, out}, act);
    }
    return out += '\n';
}

AuditLog::AuditLog(std::unique_ptr<LineFile> file, const Clock& clock)
    : file_(std::move(file)), clock_(clock) {}

Result<std::unique_ptr<AuditLog>> AuditLog::open(std::filesystem::path file, const Clock& clock,
                                                 Metrics& metrics) {
    auto lines = LineFile::open(std::move(file), kName,
                                metrics.counter("callboard_audit_log_dropped_total",
                                                "Lines of the audit log that the disk did not take."));
    if (!lines) return lines.error();
    return std::unique_ptr<AuditLog>(new AuditLog(*std::move(lines), clock));
}

void AuditLog::note(const Actor& actor, const Act& act) { file_->add(audit_line(actor, act, clock_.now())); }

void note_command(const Config& config, const std::string& account, const Act& act) {
    if (config.audit_log.empty()) return;
    const SystemClock clock;
    const auto noted = append_line(config.audit_log, kName,
                                   audit_line({"local", unix_user(), account, {}}, act, clock.now()));
    if (!noted) say(noted.error().what);
}

}  // namespace callboard
