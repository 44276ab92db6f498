package discord

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"
)

// road is how the gateway is reached: as net/http reaches the REST API, by the same dialer, proxy and certificates. It
// ends above TLS, where a tap can be set; websocket.Dialer would set it below.
type road struct {
	dial  func(ctx context.Context, network, address string) (net.Conn, error)
	proxy func(*http.Request) (*url.URL, error)
	tls   *tls.Config
}

// usual keeps enough connections alive for a fan-out.
func usual() *http.Transport {
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, MaxIdleConns: 128, MaxIdleConnsPerHost: 64,
		IdleConnTimeout: 90 * time.Second, TLSHandshakeTimeout: callTimeout, DialContext: (&net.Dialer{Timeout: callTimeout}).DialContext,
	}
}

// roadOf must be called before the transport is used, which may then offer HTTP/2: there the gateway does not live.
func roadOf(t *http.Transport) road {
	r := road{dial: t.DialContext, proxy: t.Proxy, tls: &tls.Config{MinVersion: tls.VersionTLS12}}
	if r.dial == nil {
		r.dial = (&net.Dialer{Timeout: callTimeout}).DialContext
	}
	if r.proxy == nil {
		r.proxy = http.ProxyURL(nil)
	}
	if t.TLSClientConfig != nil {
		r.tls = t.TLSClientConfig.Clone()
		r.tls.NextProtos = nil
	}
	return r
}

// to connects to an address, with TLS if secure, until ctx ends.
func (r road) to(ctx context.Context, address string, secure bool) (net.Conn, error) {
	scheme := "http"
	if secure {
		scheme = "https"
	}
	proxy, err := r.proxy(&http.Request{URL: &url.URL{Scheme: scheme, Host: address}})
	if err != nil {
		return nil, fmt.Errorf("find the proxy for %s: %w", address, err)
	}
	var c net.Conn
	if proxy == nil {
		c, err = r.dial(ctx, "tcp", address)
	} else if c, err = r.through(ctx, proxy, address); err != nil {
		err = fmt.Errorf("reach %s through the proxy %s://%s: %w", address, proxy.Scheme, proxy.Host, err)
	}
	if err != nil || !secure {
		return c, err
	}
	return r.secure(ctx, c, address)
}

const (
	errProxyKind Error = "the gateway goes through http and https proxies only; name one in HTTPS_PROXY, or use the HTTP endpoint"
	errProxyUser Error = "it wants a user and a password: set HTTPS_PROXY to http://USER:PASSWORD@HOST:PORT"
)

// through asks a proxy for a tunnel: https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6
func (r road) through(ctx context.Context, proxy *url.URL, address string) (net.Conn, error) {
	port, ok := map[string]string{"http": "80", "https": "443"}[proxy.Scheme]
	if !ok {
		return nil, errProxyKind
	}
	if p := proxy.Port(); p != "" {
		port = p
	}
	at := net.JoinHostPort(proxy.Hostname(), port)
	c, err := r.dial(ctx, "tcp", at)
	if err == nil && proxy.Scheme == "https" {
		c, err = r.secure(ctx, c, at)
	}
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	err = tunnel(c, proxy.User, address)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		_ = c.Close()
		return nil, err
	}
	return c, nil
}

func tunnel(c net.Conn, who *url.Userinfo, address string) error {
	q := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: address}, Host: address, Header: http.Header{}}
	if who != nil {
		password, _ := who.Password()
		q.Header.Set("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(who.Username()+":"+password)))
	}
	if err := q.Write(c); err != nil {
		return err
	}
	reply, err := http.ReadResponse(bufio.NewReader(c), q) // nothing follows it: whoever is behind it waits for us to speak
	if err != nil {
		return err
	}
	switch _ = reply.Body.Close(); reply.StatusCode {
	case http.StatusOK:
		return nil
	case http.StatusProxyAuthRequired:
		return errProxyUser
	}
	return fmt.Errorf("it refuses with %d %s", reply.StatusCode, http.StatusText(reply.StatusCode))
}

func (r road) secure(ctx context.Context, c net.Conn, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err == nil {
		config := r.tls.Clone()
		config.ServerName = host
		t := tls.Client(c, config)
		if err = t.HandshakeContext(ctx); err == nil {
			return t, nil
		}
	}
	_ = c.Close()
	return nil, err
}
