#include <simdjson.h>

#include <algorithm>
#include <string>

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

void append_parameters(std::string& out, const element& operation) {
    simdjson::dom::array parameters;
    if (operation["parameters"].get(parameters) != simdjson::SUCCESS) return;
    out += "<table>\n<tr><th>Parameter</th><th>In</th><th>Meaning</th></tr>\n";
    for (const element parameter : parameters)
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

void append_operation(std::string& out, std::string_view path, std::string_view method,
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
    append_parameters(out, operation);
    append_responses(out, operation);
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
    if (schema["$ref"].get(text) == simdjson::SUCCESS) return escaped(text.substr(text.rfind('/') + 1));
    return {};
}

/// Members in the order of the file; those of members below them, with a dot.
void append_members(std::string& out, const element& schema, const std::string& before) {
    object properties;
    element items;
    if (schema["items"].get(items) == simdjson::SUCCESS) return append_members(out, items, before);
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

}  // namespace

std::string docs_page(std::string_view openapi) {
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
    append_paragraph(out, R"(For programs: <a href="/api/openapi.json">openapi.json</a>)");
    for (const auto path : paths) {
        object operations;
        if (path.value.get(operations) != simdjson::SUCCESS) continue;
        for (const auto operation : operations)
            append_operation(out, path.key, operation.key, operation.value);
    }
    if (root["components"]["schemas"].get(schemas) == simdjson::SUCCESS)
        for (const auto schema : schemas) append_schema(out, schema.key, schema.value);
    return out += "</body>\n</html>\n";
}

}  // namespace callboard
