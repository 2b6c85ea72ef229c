#include <simdjson.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "api/openapi.hpp"

namespace callboard {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Callboard: the API</title>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
code { font-family: ui-monospace, monospace; }
h2 { margin-top: 2.5rem; border-top: 1px solid #8886; padding-top: 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .25rem 1rem .25rem 0; }
</style>
</head>
<body>
)";

std::string escaped(std::string_view text) {
    std::string out;
    for (char c : text) switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out += c;
        }
    return out;
}

/// A string member, or nothing.
std::string text_of(const element& parent, std::string_view name) {
    std::string_view text;
    return parent[name].get(text) == simdjson::SUCCESS ? escaped(text) : std::string();
}

void append_paragraph(std::string& out, const std::string& text) {
    if (!text.empty()) out.append("<p>").append(text).append("</p>\n");
}

/// Those of the path, then those of the operation.
void append_parameters(std::string& out, const element& path, const element& operation) {
    std::vector<element> all;
    for (const element& place : {path, operation}) {
        simdjson::dom::array parameters;
        if (place["parameters"].get(parameters) != simdjson::SUCCESS) continue;
        for (const element parameter : parameters) all.push_back(parameter);
    }
    if (all.empty()) return;
    out += "<table>\n<tr><th>Parameter</th><th>In</th><th>Meaning</th></tr>\n";
    for (const element& parameter : all)
        out.append("<tr><td><code>")
            .append(text_of(parameter, "name"))
            .append("</code></td><td>")
            .append(text_of(parameter, "in"))
            .append("</td><td>")
            .append(text_of(parameter, "description"))
            .append("</td></tr>\n");
    out += "</table>\n";
}

/// `#/components/schemas/Line` → `Line`, with a link to it.
std::string schema_link(const element& answer) {
    object content;
    if (answer["content"].get(content) != simdjson::SUCCESS) return {};
    for (const auto field : content) {
        std::string_view reference;
        if (field.value["schema"]["$ref"].get(reference) != simdjson::SUCCESS) continue;
        const std::string name = escaped(reference.substr(reference.rfind('/') + 1));
        return " <a href=\"#" + name + "\">" + name + "</a>";
    }
    return {};
}

void append_responses(std::string& out, const element& operation) {
    object responses;
    if (operation["responses"].get(responses) != simdjson::SUCCESS) return;
    out += "<table>\n<tr><th>Answer</th><th>Meaning</th></tr>\n";
    for (const auto field : responses)
        out.append("<tr><td><code>")
            .append(escaped(field.key))
            .append("</code></td><td>")
            .append(text_of(field.value, "description"))
            .append(schema_link(field.value))
            .append("</td></tr>\n");
    out += "</table>\n";
}

void append_operation(std::string& out, std::string_view path, const element& place, std::string_view method,
                      const element& operation) {
    std::string upper(method);
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    out.append("<h2><code>")
        .append(escaped(upper))
        .append(" ")
        .append(escaped(path))
        .append("</code></h2>\n");
    append_paragraph(out, text_of(operation, "summary"));
    append_paragraph(out, text_of(operation, "description"));
    append_parameters(out, place, operation);
    append_responses(out, operation);
}

/// What else of a path is no operation: `parameters`, `servers`.
bool is_method(std::string_view key) {
    static constexpr std::array<std::string_view, 5> kMethods = {"get", "post", "put", "delete", "patch"};
    return std::find(kMethods.begin(), kMethods.end(), key) != kMethods.end();
}

void append_path(std::string& out, std::string_view path, const element& place) {
    object members;
    if (place.get(members) != simdjson::SUCCESS) return;
    for (const auto member : members)
        if (is_method(member.key)) append_operation(out, path, place, member.key, member.value);
}

/// `string`, `integer or null`, `free, ringing`, the name of a schema.
std::string type_of(const element& schema) {
    const auto joined = [](const simdjson::dom::array& names, std::string_view between) {
        std::string out;
        for (const element name : names) {
            std::string_view text;
            if (name.get(text) != simdjson::SUCCESS) continue;
            out.append(out.empty() ? "" : between).append(escaped(text));
        }
        return out;
    };
    std::string_view text;
    simdjson::dom::array names;
    element items;
    if (schema["type"].get(text) == simdjson::SUCCESS) {
        if (text != "array" || schema["items"].get(items) != simdjson::SUCCESS) return escaped(text);
        return "list of " + type_of(items);
    }
    if (schema["type"].get(names) == simdjson::SUCCESS) return joined(names, " or ");
    if (schema["enum"].get(names) == simdjson::SUCCESS) return joined(names, ", ");
    if (schema["const"].get(text) == simdjson::SUCCESS) return escaped(text);
    if (schema["$ref"].get(text) == simdjson::SUCCESS) return escaped(text.substr(text.rfind('/') + 1));
    if (schema["anyOf"].get(names) == simdjson::SUCCESS) {
        std::string out;
        for (const element one : names) out.append(out.empty() ? "" : " or ").append(type_of(one));
        return out;
    }
    return {};
}

/// Members in the order of the file; those of members below them, with a dot.
void append_members(std::string& out, const element& schema, const std::string& before) {
    object properties;
    element items;
    simdjson::dom::array parts;
    if (schema["items"].get(items) == simdjson::SUCCESS) return append_members(out, items, before);
    if (schema["allOf"].get(parts) == simdjson::SUCCESS)
        for (const element part : parts) append_members(out, part, before);
    if (schema["properties"].get(properties) != simdjson::SUCCESS) return;
    for (const auto member : properties) {
        const std::string name = before + escaped(member.key);
        out.append("<tr><td><code>").append(name).append("</code></td><td>").append(type_of(member.value));
        out.append("</td><td>").append(text_of(member.value, "description")).append("</td></tr>\n");
        append_members(out, member.value, name + ".");
    }
}

void append_schema(std::string& out, std::string_view name, const element& schema) {
    out.append("<h2 id=\"").append(escaped(name)).append("\">").append(escaped(name)).append("</h2>\n");
    out += "<table>\n<tr><th>Member</th><th>Type</th><th>Meaning</th></tr>\n";
    append_members(out, schema, "");
    out += "</table>\n";
}

/// `#/components/messages/StartRinging` → `StartRinging`
std::string_view last_part(std::string_view reference) { return reference.substr(reference.rfind('/') + 1); }

void append_channel(std::string& out, const element& channel, const element& messages) {
    object carried;
    out.append("<h2><code>").append(text_of(channel, "address")).append("</code></h2>\n");
    append_paragraph(out, text_of(channel, "title"));
    append_paragraph(out, text_of(channel, "description"));
    if (channel["messages"].get(carried) != simdjson::SUCCESS) return;
    out += "<table>\n<tr><th>Message</th><th>Meaning</th><th>Form</th></tr>\n";
    for (const auto field : carried) {
        element message;
        std::string_view reference;
        if (messages[field.key].get(message) != simdjson::SUCCESS) continue;
        out.append("<tr><td><code>").append(text_of(message, "name")).append("</code></td><td>");
        out.append(text_of(message, "summary")).append("</td><td>");
        if (message["payload"]["$ref"].get(reference) == simdjson::SUCCESS) {
            const std::string name = escaped(last_part(reference));
            out.append("<a href=\"#").append(name).append("\">").append(name).append("</a>");
        }
        out += "</td></tr>\n";
    }
    out += "</table>\n";
}

/// The streams, and those schemas that were not `shown` before. False: `asyncapi` is no description.
bool append_streams(std::string& out, std::string_view asyncapi, const object& shown) {
    simdjson::dom::parser parser;
    element root;
    element info;
    element messages;
    object channels;
    object schemas;
    if (parser.parse(asyncapi.data(), asyncapi.size()).get(root) != simdjson::SUCCESS ||
        root["info"].get(info) != simdjson::SUCCESS || root["channels"].get(channels) != simdjson::SUCCESS ||
        root["components"]["messages"].get(messages) != simdjson::SUCCESS ||
        root["components"]["schemas"].get(schemas) != simdjson::SUCCESS)
        return false;
    out.append("<h1 id=\"streams\">").append(text_of(info, "title")).append("</h1>\n");
    append_paragraph(out, text_of(info, "description"));
    for (const auto channel : channels) append_channel(out, channel.value, messages);
    for (const auto schema : schemas)
        if (element known; shown.at_key(schema.key).get(known) != simdjson::SUCCESS)
            append_schema(out, schema.key, schema.value);
    return true;
}

}  // namespace

std::string docs_page(std::string_view openapi, std::string_view asyncapi) {
    simdjson::dom::parser parser;
    element root;
    element info;
    object paths;
    object schemas;
    if (parser.parse(openapi.data(), openapi.size()).get(root) != simdjson::SUCCESS ||
        root["info"].get(info) != simdjson::SUCCESS || root["paths"].get(paths) != simdjson::SUCCESS)
        return {};
    std::string out(kHead);
    out.append("<h1>").append(text_of(info, "title")).append("</h1>\n");
    append_paragraph(out, text_of(info, "description"));
    append_paragraph(out,
                     R"(For programs: <a href="/api/openapi.json">openapi.json</a>, and of the )"
                     R"(<a href="#streams">streams</a>: <a href="/api/asyncapi.json">asyncapi.json</a>)");
    for (const auto path : paths) append_path(out, path.key, path.value);
    if (root["components"]["schemas"].get(schemas) == simdjson::SUCCESS)
        for (const auto schema : schemas) append_schema(out, schema.key, schema.value);
    if (!append_streams(out, asyncapi, schemas)) return {};
    return out += "</body>\n</html>\n";
}

}  // namespace callboard
