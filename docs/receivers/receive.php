<?php
// Receives webhooks: checks the signature, leaves out repeats, writes one line an event to the error log.
//
//     CALLBOARD_SECRET='…' php -S 127.0.0.1:8000 receive.php
const OLDEST = 300; // seconds: what is older may be a recording that somebody plays again

$secret = getenv('CALLBOARD_SECRET');
if ($secret === false || $secret === '') {
    http_response_code(500);
    exit;
}
$id = $_SERVER['HTTP_CALLBOARD_ID'] ?? '';
$timestamp = $_SERVER['HTTP_CALLBOARD_TIMESTAMP'] ?? '';
$body = file_get_contents('php://input');

$genuine = false;
if (ctype_digit($timestamp) && abs(time() - (int) $timestamp) <= OLDEST) {
    $wanted = 'v1=' . hash_hmac('sha256', "$id.$timestamp.$body", $secret);
    // There are two signatures, by comma, while the secret is being changed.
    foreach (explode(',', $_SERVER['HTTP_CALLBOARD_SIGNATURE'] ?? '') as $one) {
        $genuine = $genuine || hash_equals($wanted, $one);
    }
}
if (!$genuine) {
    http_response_code(401);
    exit;
}
// An id is a file name once it is genuine; a table with a unique column does as well.
$mark = (getenv('CALLBOARD_SEEN') ?: sys_get_temp_dir()) . '/callboard-' . $id;
if ($handle = @fopen($mark, 'x')) {
    fclose($handle);
    $event = json_decode($body, true);
    error_log($event['event'] . ' ' . $event['ressource'] . ' ' . ($event['data']['Calling'] ?? ''));
}
http_response_code(204);
