#include "api/history/answers.hpp"

#include <fmt/format.h>

#include "api/json_object.hpp"

namespace callboard {
namespace {

std::string id_of(Time started) { return fmt::format("{}", nanoseconds_since_epoch(started)); }

std::optional<std::string> given(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

std::string_view kind_of(const HistoryRow& row) {
    return row.kind == HistoryRow::Kind::visit ? "queue" : "call";
}

std::string_view direction_of(const HistoryRow& row) { return row.incoming ? "in" : "out"; }

void append_share(JsonObject& object, std::string_view name, const std::optional<double>& share) {
    object.raw(name, share ? fmt::format("{:.4f}", *share) : "null");
}

std::string_view text_of_by(StatisticsQuestion::By by) {
    switch (by) {
        case StatisticsQuestion::By::queue:
            return "queue";
        case StatisticsQuestion::By::agent:
            return "agent";
        case StatisticsQuestion::By::line:
            return "line";
        case StatisticsQuestion::By::account:
            return "account";
    }
    return "queue";
}

std::string_view text_of_interval(const std::optional<Interval>& interval) {
    if (!interval) return "all";
    switch (*interval) {
        case Interval::quarter_hour:
            return "15m";
        case Interval::hour:
            return "hour";
        case Interval::day:
            return "day";
        case Interval::week:
            return "week";
    }
    return "all";
}

/// RFC 4180 §2. A cell that begins like a formula gets an apostrophe, because names come from strangers.
void append_cell(std::string& out, std::string_view text) {
    const bool formula =
        !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
    if (!formula && text.find_first_of(",\"\r\n") == std::string_view::npos) {
        out.append(text).append(1, ',');
        return;
    }
    out += formula ? "\"'" : "\"";
    for (const char c : text) out.append(c == '"' ? 2 : 1, c);
    out += "\",";
}

}  // namespace

HistoryRow masked(HistoryRow row, const Masking& masking) {
    row.call_id = masking.identifier(row.call_id);
    for (auto* party : {&row.calling, &row.called, &row.dialed}) *party = masking.party(*party);
    row.cause = masking.text(row.cause);
    row.name.clear();
    return row;
}

Callback masked(Callback callback, const Masking& masking) {
    callback.number = masking.party(callback.number);
    return callback;
}

void append_row(std::string& out, const HistoryRow& row, const std::string& contact) {
    JsonObject object(out);
    object.text("id", id_of(row.started))
        .text("kind", kind_of(row))
        .text("account", row.account)
        .text("call_id", row.call_id)
        .text_or_null("line", given(row.line))
        .text("direction", direction_of(row))
        .text("calling", row.calling)
        .text("called", row.called)
        .text("dialed", row.dialed)
        .time("started", row.started)
        .time_or_null("rang", row.rang)
        .time_or_null("answered", row.answered)
        .time_or_null("ended", row.ended)
        .seconds("waited_s", row.waited)
        .seconds("talked_s", row.talked)
        .text_or_null("queue", given(row.queue))
        .text_or_null("agent", given(row.agent))
        .text("outcome", text_of(row.outcome))
        .text("cause", row.cause);
    object.text_or_null("parent", row.parent == Time{} ? std::nullopt : std::optional(id_of(row.parent)))
        .text_or_null("name", given(row.name))
        .text_or_null("contact", given(contact));
}

std::string page_json(const std::vector<HistoryRow>& rows, Time next, const ContactOf& contact_of) {
    std::string out;
    {
        JsonObject page(out);
        append_json_array(page.begin("calls"), rows,
                          [&](const HistoryRow& row) { append_row(out, row, contact_of(row)); });
        page.text_or_null("next", next == Time{} ? std::nullopt : std::optional(id_of(next)));
    }
    return out;
}

std::string csv_head() {
    return "id,kind,account,call_id,line,direction,calling,called,dialed,started,rang,answered,ended,waited_"
           "s,"
           "talked_s,queue,agent,outcome,cause,parent,name,contact\r\n";
}

void append_csv(std::string& out, const HistoryRow& row, const TimeZone& zone, const std::string& contact) {
    const auto time = [&zone](const std::optional<Time>& at) {
        return at ? zone.rfc3339(*at) : std::string();
    };
    const auto seconds = [](Duration duration) {
        return fmt::format("{:.3f}", std::chrono::duration<double>(duration).count());
    };
    append_cell(out, id_of(row.started));
    append_cell(out, kind_of(row));
    for (const std::string* text : {&row.account, &row.call_id, &row.line}) append_cell(out, *text);
    append_cell(out, direction_of(row));
    for (const std::string* text : {&row.calling, &row.called, &row.dialed}) append_cell(out, *text);
    append_cell(out, time(row.started));
    for (const auto* at : {&row.rang, &row.answered, &row.ended}) append_cell(out, time(*at));
    for (const Duration duration : {row.waited, row.talked}) append_cell(out, seconds(duration));
    for (const std::string* text : {&row.queue, &row.agent}) append_cell(out, *text);
    append_cell(out, text_of(row.outcome));
    append_cell(out, row.cause);
    append_cell(out, row.parent == Time{} ? std::string() : id_of(row.parent));
    append_cell(out, row.name);
    append_cell(out, contact);
    out.replace(out.size() - 1, 1, "\r\n");
}

std::string statistics_json(const Statistics& statistics, const TimeZone& zone) {
    const StatisticsQuestion& question = statistics.question();
    std::string out;
    {
        JsonObject answer(out);
        answer.text("by", text_of_by(question.by))
            .text("interval", text_of_interval(question.interval))
            .time("from", question.from)
            .time("to", question.to)
            .raw("threshold_s",
                 fmt::format("{}",
                             std::chrono::duration_cast<std::chrono::seconds>(question.threshold).count()))
            .text("time_zone", zone.name());
        append_json_array(answer.begin("rows"), statistics.rows(), [&](const StatisticsRow& row) {
            JsonObject object(out);
            object.text("key", row.key)
                .time("start", row.span.begin)
                .time("end", row.span.end)
                .number("offered", row.offered)
                .number("answered", row.answered)
                .number("lost", row.lost);
            append_share(object, "service_level", row.service_level());
            object.seconds("average_wait_s", row.average_wait())
                .seconds("longest_wait_s", row.longest_wait)
                .seconds("average_talk_s", row.average_talk())
                .seconds("talk_s", row.talk)
                .time_or_null("busiest", row.busiest);
            append_share(object, "occupancy", statistics.occupancy(row));
        });
    }
    return out;
}

void append_callback(std::string& out, const Callback& callback) {
    JsonObject object(out);
    object.text("id", id_of(callback.through))
        .text("number", callback.number)
        .text_or_null("line", given(callback.line))
        .text_or_null("queue", given(callback.queue))
        .time("first", callback.first)
        .time("last", callback.last)
        .number("attempts", callback.attempts)
        .seconds("longest_wait_s", callback.longest_wait);
    if (!callback.done) {
        object.raw("done", "null");
        return;
    }
    JsonObject(object.begin("done")).time("at", callback.done->at).text("by", callback.done->by);
}

std::string callbacks_json(const std::vector<Callback>& callbacks) {
    std::string out;
    {
        JsonObject answer(out);
        append_json_array(answer.begin("callbacks"), callbacks,
                          [&out](const Callback& callback) { append_callback(out, callback); });
    }
    return out;
}

}  // namespace callboard
