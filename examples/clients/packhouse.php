<?php

/** What the server refused: the code is -(32000 + fault). */
class PackhouseError extends RuntimeException { public $data = null; }

/** (new Packhouse($url, 'demo', $key))->call('order.info', '100000309'): logs in when it must, and again when the session ended. */
class Packhouse
{
    private ?string $session = null;
    public function __construct(private string $url, private string $username, private string $apiKey) {}

    public function call(string $path, ...$args)
    {
        $isFirst = $this->session === null;
        $this->session ??= $this->request('login', [$this->username, $this->apiKey]);
        try {
            return $this->request('call', [$this->session, $path, $args]);
        } catch (PackhouseError $error) {
            if ($isFirst || $error->getCode() !== -32005) throw $error;
        }
        $this->session = null;
        return $this->call($path, ...$args);
    }

    private function request(string $method, array $params)
    {   // ignore_errors: 409, 413 and 429 have a body like any other. 70 s: a call that downloads a file may take a minute.
        $content = json_encode(['jsonrpc' => '2.0', 'id' => 1, 'method' => $method, 'params' => $params], JSON_THROW_ON_ERROR);
        $http = ['method' => 'POST', 'header' => 'Content-Type: application/json', 'content' => $content,
            'timeout' => 70, 'ignore_errors' => true];
        $body = @file_get_contents($this->url, false, stream_context_create(['http' => $http]));
        if ($body === false) throw new RuntimeException("$this->url does not answer: " . (error_get_last()['message'] ?? 'unknown'));
        $reply = json_decode($body, true, 512, JSON_THROW_ON_ERROR);
        if (!isset($reply['error'])) return $reply['result'];
        $error = new PackhouseError($reply['error']['message'], $reply['error']['code']);
        $error->data = $reply['error']['data'] ?? null;
        throw $error;
    }
}
